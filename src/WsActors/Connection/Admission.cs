using System.Net;
using Akka.Actor;

namespace WsActors.Connection;

/// <summary>The question of a connection to its parent, once its request is complete, and the two answers.</summary>
internal static class Admission
{
    /// <summary>Asks for one of the places for open connections. Answered with <see cref="Granted"/> or <see cref="Denied"/>.</summary>
    /// <param name="Client">The client's address, behind trusted proxies.</param>
    internal sealed record Request(IPAddress Client) : INoSerializationVerificationNeeded;

    internal sealed record Granted : INoSerializationVerificationNeeded
    {
        public static Granted Instance { get; } = new();
    }

    /// <param name="Reason">One sentence for the client: the body of the 503.</param>
    internal sealed record Denied(string Reason) : INoSerializationVerificationNeeded;
}
