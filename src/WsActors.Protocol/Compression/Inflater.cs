using System.IO.Compression;

namespace WsActors.Protocol.Compression;

/// <summary>
/// Inflates messages piece by piece (RFC 7692 §7.2.2), in steps as small as the caller likes: it never makes more than it is asked for.
/// Owned by one parser, used by one thread at a time. Without a context it holds no memory between messages.
/// </summary>
/// <param name="keepsContext">Whether a message may refer to the ones before it.</param>
public sealed class Inflater(bool keepsContext) : IDisposable
{
    private readonly Feed _feed = new();

    /// <summary>The decompressor with its context; null when the next message starts with an empty one.</summary>
    private DeflateStream? _stream;

    /// <summary>Whether a byte of the current message came.</summary>
    private bool _hasBegun;

    /// <summary>
    /// Hands over the next piece of a message. What was handed over before has to be read to its end; the bytes must not change until then.
    /// </summary>
    public void Add(ArraySegment<byte> piece)
    {
        _hasBegun |= piece.Count > 0;
        _feed.Rest = piece;
    }

    /// <summary>Reads what the pieces so far inflate to.</summary>
    /// <returns>How many bytes; 0 when more pieces are needed, or the message is over.</returns>
    /// <exception cref="InvalidDataException">The bytes are not DEFLATE data.</exception>
    public int Read(Span<byte> destination)
    {
        if (!_hasBegun)
        {
            return 0;
        }

        _stream ??= new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
        return _stream.Read(destination);
    }

    /// <summary>Ends the message, all of which was read. The next may begin.</summary>
    /// <exception cref="InvalidDataException">It stops in the middle of a block: something is missing.</exception>
    public void EndMessage()
    {
        if (_hasBegun)
        {
            _feed.Rest = End;
            Span<byte> beyond = stackalloc byte[1];
            if (Read(beyond) > 0)
            {
                throw new InvalidDataException("The message stops in the middle of a block.");
            }
        }

        // A last block (BFINAL) ends the context as well, and whatever follows it is not read (RFC 7692 §7.2.3.4).
        if (!keepsContext || _feed.Rest.Count > 0)
        {
            Dispose();
        }

        _hasBegun = false;
        _feed.Rest = default;
    }

    /// <summary>Gives the context back, if there is one.</summary>
    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    /// <summary>
    /// The end of an empty block that every sender cuts off, and a whole empty block behind it. To a message that is complete they mean
    /// nothing; one that stops in the middle of a block makes them nonsense.
    /// </summary>
    private static readonly byte[] End = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF];

    /// <summary>Where the decompressor reads from.</summary>
    private sealed class Feed : OneWayStream
    {
        public ArraySegment<byte> Rest { get; set; }

        public override bool CanRead => true;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(count, Rest.Count);
            Rest.AsSpan(0, read).CopyTo(buffer.AsSpan(offset));
            Rest = Rest[read..];
            return read;
        }
    }
}
