using System.Buffers;
using System.Buffers.Binary;

namespace WsActors.Conformance.Tests.Script;

/// <summary>
/// A frame of a case, valid or not (RFC 6455 §5.2). It has its own encoder: the product's is under test.
/// </summary>
internal sealed record Frame(int Opcode, ReadOnlyMemory<byte> Payload)
{
    public const int Continuation = 0x0;
    public const int Text = 0x1;
    public const int Binary = 0x2;
    public const int Close = 0x8;
    public const int Ping = 0x9;
    public const int Pong = 0xA;

    private static readonly byte[] MaskingKey = [0x9C, 0x03, 0xF1, 0x5A];

    public bool Fin { get; init; } = true;

    /// <summary>The three reserved bits as a number: 4 is the first one alone.</summary>
    public int Rsv { get; init; }

    /// <summary>
    /// The part of the payload that is sent. The header precedes a part that starts at 0, and announces the whole payload.
    /// </summary>
    public Range Sent { get; init; } = Range.All;

    /// <summary>The same frame without FIN: more frames of its message follow.</summary>
    public Frame ToBeContinued => this with { Fin = false };

    public void WriteTo(IBufferWriter<byte> wire, bool masked)
    {
        var (start, count) = Sent.GetOffsetAndLength(Payload.Length);
        if (start == 0)
        {
            WriteHeader(wire, masked);
        }

        var room = wire.GetSpan(count);
        Payload.Span.Slice(start, count).CopyTo(room);
        for (var i = 0; masked && i < count; i++)
        {
            room[i] ^= MaskingKey[(start + i) % MaskingKey.Length];
        }

        wire.Advance(count);
    }

    private void WriteHeader(IBufferWriter<byte> wire, bool masked)
    {
        Span<byte> header = stackalloc byte[10];
        header[0] = (byte)((Fin ? 0x80 : 0) | (Rsv << 4) | Opcode);
        header[1] = (byte)(masked ? 0x80 : 0);
        switch (Payload.Length)
        {
            case <= 125:
                header[1] |= (byte)Payload.Length;
                header = header[..2];
                break;
            case <= ushort.MaxValue:
                header[1] |= 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)Payload.Length);
                header = header[..4];
                break;
            default:
                header[1] |= 127;
                BinaryPrimitives.WriteInt64BigEndian(header[2..], Payload.Length);
                break;
        }

        wire.Write(header);
        wire.Write(masked ? MaskingKey : []);
    }
}
