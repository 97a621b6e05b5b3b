using System.IO.Compression;

namespace WsActors.Protocol.Compression;

/// <summary>
/// Compresses messages (RFC 7692 §7.2.1). Owned by one end of one connection, used by one thread at a time. Without a context it holds no
/// memory between messages: a new compressor of .NET for each message was measured at 2 to 3 µs, so there is no pool.
/// </summary>
/// <param name="keepsContext">Whether a message may refer to the ones before it.</param>
/// <param name="windowBits">
/// How far back it refers: 2 to this power bytes, from 8 to 15. The compressor of .NET always looks back 32 KiB. For smaller windows it
/// therefore starts afresh as soon as the window is full, so that there is nothing further back to refer to.
/// </param>
/// <param name="level">How much work it is worth.</param>
public sealed class Deflater(bool keepsContext, int windowBits, CompressionLevel level) : IDisposable
{
    /// <summary>
    /// How much longer than itself a small message may become with which a kept context begins, if the destination has room for it.
    /// Messages of less than about 100 bytes hardly ever shrink alone, so without it they would never get a context in which they do.
    /// </summary>
    public const int BeginningBytes = 16;

    /// <summary>Larger messages shrink alone, or never.</summary>
    private const int SmallMessageBytes = 256;

    /// <summary>The four bytes at the end of each flush. They are removed; the other end appends them (RFC 7692 §7.2.1).</summary>
    private const int TailBytes = 4;

    /// <summary>Bytes that one run of the compressor may take.</summary>
    private readonly long _window = DeflateParameters.InRange(windowBits, nameof(windowBits)) < DeflateParameters.MostWindowBits
        ? 1L << windowBits
        : long.MaxValue;

    private readonly Sink _sink = new();

    /// <summary>The compressor with its context; null when the next byte starts with an empty one.</summary>
    private DeflateStream? _stream;

    /// <summary>Bytes that the compressor may still take before it has to start afresh.</summary>
    private long _room;

    /// <summary>
    /// Whether every end that agreed on compression can read what it makes of a message, whatever else it was sent, and whether the other
    /// deflaters of which that is true make the same of it, at the same level.
    /// </summary>
    public bool IsShareable => !keepsContext && windowBits == DeflateParameters.MostWindowBits;

    /// <summary>Compresses one message, if that makes it shorter by a few bytes at least, or begins a context.</summary>
    /// <param name="message">The message; may be empty.</param>
    /// <param name="destination">
    /// At least as long as the message, better longer by <see cref="BeginningBytes"/>. What is behind the compressed length means nothing.
    /// </param>
    /// <returns>The compressed length; 0 when it would not be shorter, and the message should leave as it is.</returns>
    public int Compress(ReadOnlySpan<byte> message, byte[] destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, message.Length, nameof(destination));
        if (message.IsEmpty)
        {
            return 0;
        }

        var isBeginning = keepsContext && _stream is null && message.Length <= SmallMessageBytes;
        _sink.Open(destination, isBeginning ? Math.Min(destination.Length, message.Length + BeginningBytes) : message.Length);
        for (var rest = message; !rest.IsEmpty && !_sink.IsOverrun;)
        {
            if (_stream is null || _room == 0)
            {
                Restart();
            }

            var count = (int)Math.Min(rest.Length, _room);
            _stream!.Write(rest[..count]);
            _stream.Flush();
            _room -= count;
            rest = rest[count..];
        }

        var length = _sink.Finish() - TailBytes;
        var pays = length > 0;
        if (!pays || !keepsContext)
        {
            // A context that the other end has not seen must not be referred to.
            Dispose();
        }

        return pays ? length : 0;
    }

    /// <summary>Gives the context back, if there is one. The deflater may go on with an empty one.</summary>
    public void Dispose()
    {
        _sink.IsMuted = true;
        _stream?.Dispose();
        _sink.IsMuted = false;
        _stream = null;
    }

    private void Restart()
    {
        Dispose();
        _stream = new DeflateStream(_sink, level, leaveOpen: true);
        _room = _window;
    }

    /// <summary>The output of the compressor.</summary>
    private sealed class Sink : OneWayStream
    {
        private byte[] _destination = [];

        private int _limit;

        private int _count;

        /// <summary>Whether more came than fits.</summary>
        public bool IsOverrun { get; private set; }

        /// <summary>Whether what comes is thrown away, as the last words of a compressor are that nobody asked to end its stream.</summary>
        public bool IsMuted { get; set; }

        public override bool CanWrite => true;

        public void Open(byte[] destination, int limit) => (_destination, _limit, _count, IsOverrun) = (destination, limit, 0, false);

        /// <returns>How many bytes came; none if they did not fit.</returns>
        public int Finish()
        {
            _destination = [];
            return IsOverrun ? 0 : _count;
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            IsOverrun |= !IsMuted && count > _limit - _count;
            if (!IsMuted && !IsOverrun)
            {
                buffer.AsSpan(offset, count).CopyTo(_destination.AsSpan(_count));
                _count += count;
            }
        }
    }
}
