using System.IO.Compression;

namespace WsActors.Protocol.Compression;

/// <summary>
/// Compresses messages (RFC 7692 §7.2.1). Owned by one end of one connection, used by one thread at a time. Without a context it holds no
/// memory between messages: creating a .NET compressor for each message was measured at 2 to 3 µs, so there is no pool.
/// </summary>
/// <param name="keepsContext">Whether a message may refer to the ones before it.</param>
/// <param name="windowBits">
/// The window: 2 to this power bytes, from 8 to 15. .NET's compressor always looks back 32 KiB. For smaller windows the compressor is
/// therefore replaced whenever the window is full, so that no reference can reach further back.
/// </param>
/// <param name="level">The compression level of .NET's compressor.</param>
public sealed class Deflater(bool keepsContext, int windowBits, CompressionLevel level) : IDisposable
{
    /// <summary>
    /// The bytes by which the small message that starts a kept context may grow, if the destination has room for it.
    /// Messages under about 100 bytes rarely shrink without a context, so without this allowance they would never get one.
    /// </summary>
    public const int FirstMessageOverheadBytes = 16;

    /// <summary>The largest message that may grow when it starts a context. Larger ones shrink without a context, or never.</summary>
    private const int SmallMessageBytes = 256;

    /// <summary>The size of the flush marker 00 00 FF FF. It is removed here; the other end appends it (RFC 7692 §7.2.1).</summary>
    private const int TailBytes = 4;

    /// <summary>The number of bytes that one compressor may take before it is replaced.</summary>
    private readonly long _window = DeflateParameters.InRange(windowBits, nameof(windowBits)) < DeflateParameters.MaxWindowBits
        ? 1L << windowBits
        : long.MaxValue;

    private readonly Sink _sink = new();

    /// <summary>The compressor with its context; null when the next byte starts with an empty context.</summary>
    private DeflateStream? _stream;

    /// <summary>The number of bytes that <see cref="_stream"/> may still take before it is replaced.</summary>
    private long _windowLeft;

    /// <summary>
    /// Whether the output can be sent to every client that agreed on compression: it depends on no earlier message and on no smaller
    /// window. Shareable deflaters of the same level produce the same output.
    /// </summary>
    public bool IsShareable => !keepsContext && windowBits == DeflateParameters.MaxWindowBits;

    /// <summary>Compresses one message if it becomes at least a few bytes shorter, or starts a context.</summary>
    /// <param name="message">The message; may be empty.</param>
    /// <param name="destination">
    /// At least as long as the message, better longer by <see cref="FirstMessageOverheadBytes"/>. Bytes behind the compressed length are
    /// undefined.
    /// </param>
    /// <returns>The compressed length; 0 when compressing does not pay and the message should be sent uncompressed.</returns>
    public int Compress(ReadOnlySpan<byte> message, byte[] destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, message.Length, nameof(destination));
        if (message.IsEmpty)
        {
            return 0;
        }

        var startsContext = keepsContext && _stream is null && message.Length <= SmallMessageBytes;
        _sink.Open(destination, startsContext ? Math.Min(destination.Length, message.Length + FirstMessageOverheadBytes) : message.Length);
        for (var rest = message; !rest.IsEmpty && !_sink.IsOverrun;)
        {
            if (_stream is null || _windowLeft == 0)
            {
                Restart();
            }

            var count = (int)Math.Min(rest.Length, _windowLeft);
            _stream!.Write(rest[..count]);
            _stream.Flush();
            _windowLeft -= count;
            rest = rest[count..];
        }

        var length = _sink.Finish() - TailBytes;
        var pays = length > 0;
        if (!pays || !keepsContext)
        {
            // The other end never sees this output, so later messages must not refer to it.
            Dispose();
        }

        return pays ? length : 0;
    }

    /// <summary>Releases the context, if there is one. The deflater stays usable and starts with an empty context.</summary>
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
        _windowLeft = _window;
    }

    /// <summary>The output of the compressor.</summary>
    private sealed class Sink : OneWayStream
    {
        private byte[] _destination = [];

        private int _limit;

        private int _count;

        /// <summary>Whether the output exceeded the limit.</summary>
        public bool IsOverrun { get; private set; }

        /// <summary>Whether output is discarded: <see cref="DeflateStream"/> writes an end of stream when it is disposed.</summary>
        public bool IsMuted { get; set; }

        public override bool CanWrite => true;

        public void Open(byte[] destination, int limit) => (_destination, _limit, _count, IsOverrun) = (destination, limit, 0, false);

        /// <returns>The number of bytes written; 0 if they exceeded the limit.</returns>
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
