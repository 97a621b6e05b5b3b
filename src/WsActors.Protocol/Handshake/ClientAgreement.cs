using WsActors.Protocol.Compression;

namespace WsActors.Protocol.Handshake;

/// <summary>The server's choice among the client's offers.</summary>
/// <param name="Subprotocol">The agreed subprotocol, or null for none.</param>
/// <param name="Compression">The agreed parameters of permessage-deflate, or null without compression.</param>
public sealed record ClientAgreement(string? Subprotocol, DeflateAgreement? Compression);
