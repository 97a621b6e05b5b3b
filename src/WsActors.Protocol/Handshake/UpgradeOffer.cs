namespace WsActors.Protocol.Handshake;

/// <summary>The offer of a client that keeps RFC 6455 §4.2.1; accepted by <see cref="ServerHandshake.WriteAccept"/>. Immutable.</summary>
/// <param name="Key">Its <c>Sec-WebSocket-Key</c>.</param>
/// <param name="Subprotocols">In its order of preference, each once. Browsers smuggle tokens there: not for logs.</param>
public sealed record UpgradeOffer(string Key, IReadOnlyList<string> Subprotocols)
{
    /// <summary>In the client's order of preference; the same one may be offered several times, with other parameters.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];

    /// <summary>The number of subprotocols, without their names: this text may reach a log.</summary>
    public override string ToString() => $"{nameof(UpgradeOffer)} with {Subprotocols.Count} subprotocols";
}
