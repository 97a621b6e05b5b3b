namespace WsActors.Routing;

/// <summary>The cures that a refusal for its origin names. Immutable.</summary>
/// <param name="Allow">How another origin is allowed: completes "to allow its pages, …".</param>
/// <param name="BehindProxy">How the server learns its own address as clients see it: completes "behind a proxy, …".</param>
public sealed record OriginAdvice(string Allow, string BehindProxy)
{
    internal static OriginAdvice Default { get; } = new("list it in ws-actors.origin.allowed", "see ws-actors.trusted-proxies");
}
