namespace WsActors.Protocol.Handshake;

/// <summary>The choice among the subprotocols a client offers (RFC 6455 §1.9). Pure.</summary>
public static class Subprotocols
{
    /// <summary>The first supported one, in the server's order, that was offered; null without a match. Letter case matters.</summary>
    public static string? Choose(IReadOnlyList<string> offered, IReadOnlyList<string> supported) =>
        supported.FirstOrDefault(name => offered.Contains(name, StringComparer.Ordinal));
}
