namespace WsActors.Protocol.Handshake;

/// <summary>A client's valid offer (RFC 6455 §4.2.1); accepted by <see cref="ServerHandshake.WriteAccept"/>. Immutable.</summary>
/// <param name="Key">The client's <c>Sec-WebSocket-Key</c>; null with HTTP/2, which has none (RFC 8441 §5).</param>
/// <param name="Subprotocols">In the client's order of preference, each once. Browser applications put tokens there: do not log it.</param>
public sealed record UpgradeOffer(string? Key, IReadOnlyList<string> Subprotocols)
{
    /// <summary>In the client's order of preference. An extension may be offered several times, with different parameters.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];

    /// <summary>The number of subprotocols, without their names: this text may reach a log.</summary>
    public override string ToString() => $"{nameof(UpgradeOffer)} with {Subprotocols.Count} subprotocols";
}
