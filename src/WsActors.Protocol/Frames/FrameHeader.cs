namespace WsActors.Protocol.Frames;

/// <summary>A frame without its payload (RFC 6455 §5.2).</summary>
/// <param name="Opcode">The kind of the frame.</param>
/// <param name="Fin">Whether it is the last frame of its message. Always true for control frames.</param>
/// <param name="PayloadLength">The claimed bytes of payload behind the header: never negative, up to 2^63 - 1.</param>
/// <param name="MaskingKey">
/// The key's four bytes in wire order, read as a little-endian number. Its lowest byte masks the first payload byte on every machine,
/// so that whole words are masked at once. Null when the frame is not masked. See <see cref="Masking"/>.
/// </param>
/// <param name="Rsv1">
/// Whether the message is compressed (RFC 7692 §6): the first reserved bit. Only the first frame of a message may have it.
/// </param>
public readonly record struct FrameHeader(Opcode Opcode, bool Fin, long PayloadLength, uint? MaskingKey = null, bool Rsv1 = false);
