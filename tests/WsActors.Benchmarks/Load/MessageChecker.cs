using System.Buffers;
using System.Buffers.Binary;
using WsActors.Protocol.Frames;

namespace WsActors.Benchmarks.Load;

/// <summary>The kind of a message of the server.</summary>
internal enum Heard
{
    /// <summary>The whole message that was expected.</summary>
    Message,

    /// <summary>A ping.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>A close frame.</summary>
    Close,

    /// <summary>Anything else. Nothing behind it can be understood.</summary>
    Wrong,
}

/// <summary>
/// Reads the server's bytes of one connection, in any pieces and fragments, and compares each message with the expected one. It has its own
/// frame parser: the program's would not see its own mistakes.
/// </summary>
internal sealed class MessageChecker(LoadMessage expected)
{
    private const byte FinBit = 0x80;

    private const byte Rsv1Bit = 0x40;

    private readonly byte[] _header = new byte[10];

    private int _headerBytes;

    // Of the payload whose header is complete. Negative between frames.
    private long _payloadLeft = -1;

    // Payload bytes of this message so far; negative between messages. Control frames in between are no part of it.
    private long _messageBytes = -1;

    // Whether this message is compressed, and it so far.
    private bool _isCompressed;
    private ArrayBufferWriter<byte>? _compressed;

    private Opcode Opcode => (Opcode)(_header[0] & 0x0F);

    private bool IsControl => Opcode >= Opcode.Close;

    /// <summary>The next message; advances <paramref name="bytes"/>. False: more bytes are needed.</summary>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out Heard heard)
    {
        heard = Heard.Wrong;
        while (true)
        {
            if (_payloadLeft < 0)
            {
                if (!TryReadHeader(ref bytes))
                {
                    return false;
                }

                if (!IsInPlace())
                {
                    return true;
                }
            }

            var piece = bytes[..(int)Math.Min(bytes.Length, _payloadLeft)];
            if (!IsControl && !IsExpected(piece))
            {
                return true;
            }

            bytes = bytes[piece.Length..];
            _payloadLeft -= piece.Length;
            if (_payloadLeft > 0)
            {
                return false;
            }

            if (EndsFrame() is { } said)
            {
                heard = said;
                return true;
            }
        }
    }

    private bool TryReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var wanted = _headerBytes < 2 ? 2 : (_header[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };
            if (_headerBytes == wanted)
            {
                break;
            }

            var count = Math.Min(bytes.Length, wanted - _headerBytes);
            if (count == 0)
            {
                return false;
            }

            bytes[..count].CopyTo(_header.AsSpan(_headerBytes));
            bytes = bytes[count..];
            _headerBytes += count;
        }

        _payloadLeft = _headerBytes switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
            10 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)) & long.MaxValue,
            _ => _header[1] & 0x7F,
        };
        _headerBytes = 0;
        return true;
    }

    /// <summary>Whether the frame is valid here: a server's frames are unmasked, and a continuation follows a start.</summary>
    private bool IsInPlace()
    {
        if ((_header[1] & 0x80) != 0)
        {
            return false;
        }

        if (IsControl)
        {
            return (_header[0] & FinBit) != 0 && _payloadLeft <= 125;
        }

        if (Opcode is Opcode.Continuation)
        {
            return _messageBytes >= 0;
        }

        var begins = _messageBytes < 0 && Opcode == expected.Opcode;
        _messageBytes = 0;
        _isCompressed = (_header[0] & Rsv1Bit) != 0;
        _compressed?.ResetWrittenCount();
        return begins;
    }

    private bool IsExpected(ReadOnlySpan<byte> piece)
    {
        var offset = _messageBytes;
        _messageBytes += piece.Length;
        if (_isCompressed)
        {
            (_compressed ??= new()).Write(piece);
            return true;
        }

        return _messageBytes <= expected.Payload.Length && piece.SequenceEqual(expected.Payload.Slice((int)offset, piece.Length));
    }

    /// <summary>The message that the frame completes; null for an unfinished one.</summary>
    private Heard? EndsFrame()
    {
        _payloadLeft = -1;
        if (IsControl)
        {
            return Opcode switch { Opcode.Ping => Heard.Ping, Opcode.Pong => Heard.Pong, Opcode.Close => Heard.Close, _ => Heard.Wrong };
        }

        if ((_header[0] & FinBit) == 0)
        {
            return null;
        }

        var isWhole = _isCompressed ? expected.IsCompressedTo(_compressed!.WrittenSpan) : _messageBytes == expected.Payload.Length;
        _messageBytes = -1;
        return isWhole ? Heard.Message : Heard.Wrong;
    }
}
