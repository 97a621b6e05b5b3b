using System.Buffers.Binary;

namespace WsActors.Protocol.Frames;

/// <summary>A frame without its payload, and the decoder of its bytes (RFC 6455 §5.2).</summary>
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
public readonly record struct FrameHeader(Opcode Opcode, bool Fin, long PayloadLength, uint? MaskingKey = null, bool Rsv1 = false)
{
    /// <summary>The longest header: two bytes, eight of a 64-bit length, four of a masking key.</summary>
    internal const int MaxBytes = 14;

    /// <summary>The largest payload of a control frame (RFC 6455 §5.5).</summary>
    internal const int MaxControlPayload = 125;

    /// <summary>The 7-bit length that announces a length in the next two bytes.</summary>
    internal const int Length16 = 126;

    /// <summary>The 7-bit length that announces a length in the next eight bytes.</summary>
    internal const int Length64 = 127;

    /// <summary>The bit of the first byte that marks a compressed message (RFC 7692 §6).</summary>
    internal const int Rsv1Bit = 0x40;

    private const int Reserved = 0x70;

    /// <summary>Whether it is the header of a control frame: at most 125 bytes, allowed between the fragments of a message.</summary>
    public bool IsControl => Opcode >= Opcode.Close;

    /// <summary>
    /// Decodes the header at the start of <paramref name="wire"/>. Each rule is checked at the first byte that decides it.
    /// </summary>
    /// <returns>The header's size in bytes; 0 when it is incomplete, or refused with a <paramref name="violation"/>.</returns>
    internal static int Read(ReadOnlySpan<byte> wire, Role role, bool takesRsv1, out FrameHeader header, out Violation? violation)
    {
        header = default;
        violation = null;
        if (wire.IsEmpty)
        {
            return 0;
        }

        var opcode = (Opcode)(wire[0] & 0x0F);
        var fin = (wire[0] & 0x80) != 0;
        // RFC 7692 §6: with compression agreed on, the first frame of a message may have RSV1.
        var rsv1 = takesRsv1 && (opcode is Opcode.Text or Opcode.Binary) && (wire[0] & Rsv1Bit) != 0;
        violation = RefuseFirstByte(reserved: wire[0] & (rsv1 ? Reserved & ~Rsv1Bit : Reserved), opcode, fin);
        if (violation is not null || wire.Length < 2)
        {
            return 0;
        }

        var masked = (wire[1] & 0x80) != 0;
        var length7 = wire[1] & 0x7F;
        violation = RefuseSecondByte(role, masked, opcode, length7) ?? RefuseThirdByte(length7, wire[2..]);
        var lengthEnd = length7 switch { Length16 => 4, Length64 => 10, _ => 2 };
        if (violation is not null || wire.Length < lengthEnd)
        {
            return 0;
        }

        var length = length7 switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(wire[2..]),
            Length64 => BinaryPrimitives.ReadInt64BigEndian(wire[2..]),
            _ => length7,
        };
        violation = RefuseLength(length7, length);
        var end = lengthEnd + (masked ? sizeof(uint) : 0);
        if (violation is not null || wire.Length < end)
        {
            return 0;
        }

        header = new(opcode, fin, length, masked ? BinaryPrimitives.ReadUInt32LittleEndian(wire[lengthEnd..]) : null, rsv1);
        return end;
    }

    private static Violation? RefuseFirstByte(int reserved, Opcode opcode, bool fin) => (reserved, opcode, fin) switch
    {
        (not 0, _, _) => Broken("reserved bits must be zero (RFC 6455 section 5.2)"),
        (_, > Opcode.Binary and < Opcode.Close or > Opcode.Pong, _) => Broken("reserved opcodes must not be used (RFC 6455 section 5.2)"),
        (_, >= Opcode.Close, false) => Broken("control frames must not be fragmented (RFC 6455 section 5.5)"),
        _ => null,
    };

    private static Violation? RefuseSecondByte(Role role, bool masked, Opcode opcode, int length7) => (role, masked, opcode, length7) switch
    {
        (Role.Server, false, _, _) => Broken("frames from a client must be masked (RFC 6455 section 5.1)"),
        (Role.Client, true, _, _) => Broken("frames from a server must not be masked (RFC 6455 section 5.1)"),
        (_, _, >= Opcode.Close, > MaxControlPayload) => Broken("control payload must be 125 bytes or fewer (RFC 6455 section 5.5)"),
        _ => null,
    };

    private static Violation? RefuseThirdByte(int length7, ReadOnlySpan<byte> fromThird) => length7 == Length64 && fromThird is [> 0x7F, ..]
        ? Broken("a 64-bit length must have its top bit clear (RFC 6455 section 5.2)")
        : null;

    private static Violation? RefuseLength(int length7, long length) => (length7, length) switch
    {
        (Length16, < Length16) or (Length64, <= ushort.MaxValue) => Broken("a length must take the fewest bytes (RFC 6455 section 5.2)"),
        _ => null,
    };

    private static Violation Broken(string rule) => new(CloseCode.ProtocolError, rule);
}
