using Akka.Actor;

namespace WsActors.Hosting.Admin;

/// <summary>The settings, gate and log of one admin page, which all its connections share. Any thread.</summary>
/// <param name="Token">The token; null when none is needed.</param>
/// <param name="PageSize">The rows of a page.</param>
internal sealed record AdminSettings(AdminToken? Token, int PageSize) : INoSerializationVerificationNeeded
{
    /// <summary>The connections.</summary>
    public AdminGate Gate { get; } = new();

    /// <summary>The refused tokens.</summary>
    public WrongTokenLog WrongTokens { get; } = new();
}
