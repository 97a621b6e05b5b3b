using System.Net.Sockets;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A bad network of a <see cref="Relay"/>: it delays frames of WebSockets, repeats messages and acks of sessions, as a peer may that sends
/// again, and resets connections within a frame. Bytes that are no frames of a WebSocket pass unchanged. Thread-safe.
/// </summary>
/// <param name="cuts">The number of connections that it resets.</param>
/// <param name="seed">The seed of its choices.</param>
internal sealed class BadNetwork(int cuts, int seed)
{
    private readonly Lock _lock = new();

    private readonly Random _random = new(seed);

    /// <summary>The frames until the next cut.</summary>
    private int _untilCut = 20;

    private int _cutsLeft = cuts;

    /// <summary>The number of connections that it has still to reset.</summary>
    public int CutsLeft => Volatile.Read(ref _cutsLeft);

    /// <summary>The number of frames that were sent twice.</summary>
    public int Repeated { get; private set; }

    /// <summary>The frames of one direction of a connection.</summary>
    public Frames SplitFrames() => new(this);

    private (TimeSpan Delay, int Copies, bool IsCut) Decide(bool mayRepeat)
    {
        lock (_lock)
        {
            var isCut = _cutsLeft > 0 && --_untilCut == 0;
            if (isCut)
            {
                _cutsLeft--;
                _untilCut = _random.Next(30, 90);
            }

            var copies = mayRepeat && _random.Next(6) == 0 ? 2 : 1;
            Repeated += copies - 1;
            return (TimeSpan.FromMilliseconds(_random.Next(8) == 0 ? _random.Next(1, 5) : 0), copies, isCut);
        }
    }

    /// <summary>Splits the bytes of one direction of a connection into frames (RFC 6455 §5.2), and passes them on. One thread.</summary>
    internal sealed class Frames(BadNetwork network)
    {
        private byte[] _rest = [];

        /// <summary>Null until the head of the HTTP message is complete.</summary>
        private bool? _isWebSocket;

        /// <param name="bytes">The next bytes.</param>
        /// <param name="send">Sends bytes.</param>
        /// <exception cref="SocketException">The connection is cut.</exception>
        public async Task PassAsync(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, Task> send)
        {
            _rest = [.. _rest, .. bytes.Span];
            if (_isWebSocket is null && _rest.AsSpan().IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                _isWebSocket = _rest.AsSpan(0, end).IndexOf("Sec-WebSocket-"u8) >= 0;
                await send(Take(end + 4));
            }

            if (_isWebSocket is false)
            {
                await send(Take(_rest.Length));
            }

            while (_isWebSocket is true && LengthOf(_rest) is var length && length <= _rest.Length)
            {
                var frame = Take((int)length);
                var (delay, copies, isCut) = network.Decide(IsRepeatable(frame));
                await Task.Delay(delay);
                if (isCut)
                {
                    await send(frame.AsMemory(0, frame.Length / 2));
                    throw new SocketException((int)SocketError.ConnectionReset);
                }

                for (var copy = 0; copy < copies; copy++)
                {
                    await send(frame);
                }
            }
        }

        private byte[] Take(int length)
        {
            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        private static int HeaderLength(ReadOnlySpan<byte> frame) =>
            (frame[1] & 0x7F) switch { 127 => 10, 126 => 4, _ => 2 } + (frame[1] >> 7 == 1 ? 4 : 0);

        /// <summary>The length of the first frame; more than there is while its header is incomplete.</summary>
        private static long LengthOf(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 2 || bytes.Length < HeaderLength(bytes))
            {
                return long.MaxValue;
            }

            long length = bytes[1] & 0x7F;
            var extended = length switch { 127 => bytes[2..10], 126 => bytes[2..4], _ => [] };
            if (!extended.IsEmpty)
            {
                length = 0;
                foreach (var next in extended)
                {
                    length = (length << 8) | next;
                }
            }

            return HeaderLength(bytes) + length;
        }

        /// <summary>Whether the frame is a whole message or ack of a session.</summary>
        private static bool IsRepeatable(ReadOnlySpan<byte> frame)
        {
            var header = HeaderLength(frame);
            Span<byte> start = stackalloc byte[8];
            start = start[..Math.Min(start.Length, frame.Length - header)];
            frame.Slice(header, start.Length).CopyTo(start);
            for (var i = 0; i < start.Length && frame[1] >> 7 == 1; i++)
            {
                start[i] ^= frame[header - 4 + (i % 4)]; // RFC 6455 §5.3
            }

            return start.StartsWith("message "u8) || start.StartsWith("ack "u8);
        }
    }
}
