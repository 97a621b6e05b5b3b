using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace WsActors.Protocol.Frames;

/// <summary>
/// Writes frames as bytes. A server's frames are not masked; each frame of a client is masked with a fresh key (RFC 6455 §5.1, §5.3).
/// </summary>
public static class FrameWriter
{
    private const int CloseCodeBytes = 2;

    /// <summary>The size in bytes of a frame with this payload, header included.</summary>
    public static int SizeOf(Role role, int payloadLength) => checked(HeaderSize(role, payloadLength) + payloadLength);

    /// <summary>Appends one frame.</summary>
    /// <param name="output">The destination: it gets the header in one span, the payload in spans of any size.</param>
    /// <param name="role">The end that sends.</param>
    /// <param name="opcode">The kind of the frame.</param>
    /// <param name="payload">The payload, at most 125 bytes for a control frame (RFC 6455 §5.5).</param>
    /// <param name="fin">Whether the frame is the last of its message. Must be true for a control frame (RFC 6455 §5.5).</param>
    /// <param name="rsv1">Whether the message is compressed: only on the first frame of a message (RFC 7692 §6).</param>
    public static void Write(
        IBufferWriter<byte> output,
        Role role,
        Opcode opcode,
        ReadOnlySpan<byte> payload,
        bool fin = true,
        bool rsv1 = false)
    {
        var key = WriteHeader(output, role, opcode, payload.Length, fin, rsv1);
        if (role == Role.Client)
        {
            WriteMasked(output, payload, key);
        }
        else
        {
            output.Write(payload);
        }
    }

    /// <summary>Appends only the header of a frame. The caller appends the payload, in pieces of any size.</summary>
    /// <param name="output">The destination: it gets the header in one span.</param>
    /// <param name="role">The end that sends.</param>
    /// <param name="opcode">The kind of the frame.</param>
    /// <param name="payloadLength">The payload's size in bytes, at most 125 for a control frame (RFC 6455 §5.5).</param>
    /// <param name="fin">Whether the frame is the last of its message. Must be true for a control frame (RFC 6455 §5.5).</param>
    /// <param name="rsv1">Whether the message is compressed: only on the first frame of a message (RFC 7692 §6).</param>
    /// <returns>The key to mask the payload with, see <see cref="Masking"/>; zero, which changes nothing, for a server's frame.</returns>
    public static uint WriteHeader(
        IBufferWriter<byte> output,
        Role role,
        Opcode opcode,
        int payloadLength,
        bool fin = true,
        bool rsv1 = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (rsv1 && opcode is not (Opcode.Text or Opcode.Binary))
        {
            throw new ArgumentException("Only a text or binary frame may mark its message as compressed (RFC 7692 §6).", nameof(rsv1));
        }

        if (opcode >= Opcode.Close && (!fin || payloadLength > FrameHeader.MaxControlPayload))
        {
            throw new ArgumentException(
                "A control frame must be unfragmented and carry at most 125 bytes (RFC 6455 §5.5).",
                nameof(payloadLength));
        }

        var size = HeaderSize(role, payloadLength);
        var header = output.GetSpan(size)[..size];
        header[0] = (byte)((fin ? 0x80 : 0) | (rsv1 ? FrameHeader.Rsv1Bit : 0) | (byte)opcode);
        WriteLength(header, payloadLength);
        uint key = 0;
        if (role == Role.Client)
        {
            key = MaskingKeys.Next();
            header[1] |= 0x80;
            BinaryPrimitives.WriteUInt32LittleEndian(header[^sizeof(uint)..], key);
        }

        output.Advance(size);
        return key;
    }

    /// <summary>Appends a close frame.</summary>
    /// <param name="output">The destination.</param>
    /// <param name="role">The end that sends.</param>
    /// <param name="code">
    /// A code that <see cref="CloseCode.MayBeSent"/> allows. Null for an empty frame, without a reason (RFC 6455 §5.5.1).
    /// </param>
    /// <param name="reason">Truncated after the last character that fits into 123 bytes of UTF-8.</param>
    public static void WriteClose(IBufferWriter<byte> output, Role role, int? code, string reason) =>
        Write(output, role, Opcode.Close, ClosePayload(code, reason));

    /// <summary>The payload of a close frame.</summary>
    /// <param name="code">As for <see cref="WriteClose"/>.</param>
    /// <param name="reason">As for <see cref="WriteClose"/>.</param>
    public static byte[] ClosePayload(int? code, string reason)
    {
        if (code is null)
        {
            return [];
        }

        if (!CloseCode.MayBeSent(code.Value))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "No close frame may carry this code (RFC 6455 §7.4).");
        }

        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code.Value);
        Utf8.FromUtf16(reason, payload[CloseCodeBytes..], out _, out var reasonBytes);
        return payload[..(CloseCodeBytes + reasonBytes)].ToArray();
    }

    private static void WriteMasked(IBufferWriter<byte> output, ReadOnlySpan<byte> payload, uint key)
    {
        for (var offset = 0; offset < payload.Length;)
        {
            var span = output.GetSpan();
            var count = Math.Min(span.Length, payload.Length - offset);
            Masking.Apply(payload.Slice(offset, count), span, key, offset);
            output.Advance(count);
            offset += count;
        }
    }

    private static int HeaderSize(Role role, int payloadLength)
    {
        var key = role == Role.Client ? sizeof(uint) : 0;
        return key + payloadLength switch { < FrameHeader.Length16 => 2, <= ushort.MaxValue => 4, _ => 10 };
    }

    /// <summary>Writes the length in the fewest bytes that hold it (RFC 6455 §5.2).</summary>
    private static void WriteLength(Span<byte> header, int length)
    {
        switch (length)
        {
            case < FrameHeader.Length16:
                header[1] = (byte)length;
                break;
            case <= ushort.MaxValue:
                header[1] = FrameHeader.Length16;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
                break;
            default:
                header[1] = FrameHeader.Length64;
                BinaryPrimitives.WriteInt64BigEndian(header[2..], length);
                break;
        }
    }
}
