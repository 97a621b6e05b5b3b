namespace WsActors.Protocol.Frames;

/// <summary>A frame without its payload (RFC 6455 §5.2).</summary>
/// <param name="Opcode">What the frame is.</param>
/// <param name="Fin">Whether it is the last frame of its message. Always so for control frames.</param>
/// <param name="PayloadLength">Bytes of payload that follow the header: never negative, and as large as the peer likes to claim.</param>
/// <param name="MaskingKey">
/// The key's four bytes in wire order, read as a little-endian number: its lowest byte masks the first payload byte, on every
/// machine, so that whole words are masked at once. Null when the frame is not masked. See <see cref="Masking"/>.
/// </param>
/// <param name="Rsv1">
/// Whether its message is compressed (RFC 7692 §6): the first reserved bit, and only on the first frame of a message.
/// </param>
public readonly record struct FrameHeader(Opcode Opcode, bool Fin, long PayloadLength, uint? MaskingKey = null, bool Rsv1 = false);
