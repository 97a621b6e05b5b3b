using System.Buffers.Binary;

namespace WsActors.Protocol.Frames;

/// <summary>The bytes of a frame header and their rules (RFC 6455 §5.2). Each rule is checked at the first byte that decides it.</summary>
internal static class FrameHeaderParser
{
    /// <summary>The longest header: two bytes, eight of a 64-bit length, four of a masking key.</summary>
    public const int MaxBytes = 14;

    /// <summary>The largest payload of a control frame (RFC 6455 §5.5).</summary>
    public const int MaxControlPayload = 125;

    /// <summary>The 7-bit length that announces a length in the next two bytes.</summary>
    public const int Length16 = 126;

    /// <summary>The 7-bit length that announces a length in the next eight bytes.</summary>
    public const int Length64 = 127;

    /// <summary>The bit of the first byte that marks a compressed message (RFC 7692 §6).</summary>
    public const int Rsv1 = 0x40;

    private const int Reserved = 0x70;

    /// <summary>Decodes the header at the start of <paramref name="wire"/>.</summary>
    /// <returns>The header's size in bytes; 0 when it is incomplete, or refused with a <paramref name="violation"/>.</returns>
    public static int Read(ReadOnlySpan<byte> wire, Role role, bool takesRsv1, out FrameHeader header, out Violation? violation)
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
        var rsv1 = takesRsv1 && (opcode is Opcode.Text or Opcode.Binary) && (wire[0] & Rsv1) != 0;
        violation = RefuseFirstByte(reserved: wire[0] & (rsv1 ? Reserved & ~Rsv1 : Reserved), opcode, fin);
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
