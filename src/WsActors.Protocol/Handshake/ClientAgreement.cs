using WsActors.Protocol.Compression;

namespace WsActors.Protocol.Handshake;

/// <summary>The server's choice among the client's offers.</summary>
/// <param name="Subprotocol">The one agreed on, or null for none.</param>
/// <param name="Compression">How messages may be compressed, or null for not at all.</param>
public sealed record ClientAgreement(string? Subprotocol, DeflateAgreement? Compression);
