using System.IO.Compression;

namespace WsActors.Protocol.Compression;

/// <summary>
/// Inflates messages piece by piece (RFC 7692 §7.2.2), in steps as small as the caller likes: it never makes more than it is asked for.
/// Owned by one parser, used by one thread at a time. Without a context it holds no memory between messages. After an exception only
/// <see cref="Dispose"/> helps.
/// </summary>
/// <param name="keepsContext">Whether a message may refer to the ones before it.</param>
public sealed class Inflater(bool keepsContext) : IDisposable
{
    /// <summary>The end of an empty block that every sender cuts off (RFC 7692 §7.2.1).</summary>
    private static readonly byte[] Tail = [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>
    /// More empty blocks than the longest header of a block has bytes (286: three counts, 19 code lengths of 3 bits, 316 of up to 7).
    /// To a message that is complete they mean nothing. One that stops in the middle of a block takes them for the rest of it, and they
    /// are no such rest: it makes bytes of them, or nonsense.
    /// </summary>
    private static readonly byte[] EmptyBlocks =
        [.. Enumerable.Repeat<byte[]>([0x00, 0x00, 0x00, 0xFF, 0xFF], 64).SelectMany(static block => block)];

    private readonly Feed _feed = new();

    /// <summary>The decompressor with its context; null when the next byte starts with an empty one.</summary>
    private DeflateStream? _stream;

    /// <summary>Whether a byte of the current message came.</summary>
    private bool _hasBegun;

    /// <summary>
    /// Hands over the next piece of a message. What was handed over before has to be read to its end; the bytes must not change until then.
    /// </summary>
    public void Add(ArraySegment<byte> piece)
    {
        _feed.Rest = piece;
        if (!_hasBegun && piece.Count > 0)
        {
            _hasBegun = true;
            _feed.StartMessage();
        }
    }

    /// <summary>Reads what the pieces so far inflate to.</summary>
    /// <returns>How many bytes; 0 when more pieces are needed, or the message is over.</returns>
    /// <exception cref="InvalidDataException">The bytes are not DEFLATE data.</exception>
    public int Read(Span<byte> destination)
    {
        while (_hasBegun && !destination.IsEmpty)
        {
            var count = ReadBlocks(destination);
            if (count > 0 || _feed.Rest.Count == 0 || !_feed.IsByteByByte)
            {
                return count;
            }

            // A last block is over, and the message is not (RFC 7692 §7.2.1): the next block starts at the next byte.
            DropContext();
            _feed.LookForLastBlock();
        }

        return 0;
    }

    /// <summary>Ends the message, all of which was read. The next may begin.</summary>
    /// <exception cref="InvalidDataException">It stops in the middle of a block: something is missing.</exception>
    public void EndMessage()
    {
        var isOver = _hasBegun && (!Takes(Tail) || !Takes(EmptyBlocks));
        if (!keepsContext || isOver)
        {
            // A last block ends the context as well: who compressed it has started afresh behind it.
            DropContext();
        }

        _hasBegun = false;
        _feed.Rest = [];
    }

    /// <summary>Gives the context back, if there is one, and forgets the open message. What comes next starts with an empty one.</summary>
    public void Dispose()
    {
        DropContext();
        _hasBegun = false;
        _feed.Rest = [];
    }

    /// <summary>Adds to a message what means nothing to it. False when its last block is over, behind which nothing is read.</summary>
    private bool Takes(byte[] piece)
    {
        _feed.Rest = piece;
        Span<byte> beyond = stackalloc byte[1];
        return ReadBlocks(beyond) == 0
            ? _feed.Rest.Count == 0
            : throw new InvalidDataException("The message stops in the middle of a block.");
    }

    /// <summary>Reads up to the end of the pieces, or of a last block (BFINAL): behind it nothing more is taken from the feed.</summary>
    private int ReadBlocks(Span<byte> destination)
    {
        _stream ??= new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
        _feed.IsDry = false;
        try
        {
            return _stream.Read(destination);
        }
        catch (InvalidDataException) when (_feed.IsDry)
        {
            // Where System.IO.Compression.UseStrictValidation is switched on, a feed that has no more for now counts as cut off.
            return 0;
        }
    }

    private void DropContext()
    {
        _stream?.Dispose();
        _stream = null;
    }

    /// <summary>The input of the decompressor.</summary>
    private sealed class Feed : OneWayStream
    {
        /// <summary>
        /// Bytes of a message that may go one by one, at forty times the work, or be many small last blocks, each with a decompressor of
        /// its own. What follows a last block is read only if that is over by then and has none but last blocks before it: no sender is
        /// known to put anything elsewhere.
        /// </summary>
        private const int MostSingleBytes = 1024;

        private int _singleBytesLeft;

        private bool _isInLastBlock;

        /// <summary>The bytes that the decompressor has not read yet.</summary>
        public ArraySegment<byte> Rest { get; set; } = [];

        /// <summary>Whether the decompressor wanted more than there was.</summary>
        public bool IsDry { get; set; }

        /// <summary>
        /// Whether the decompressor gets single bytes. It does not tell how many it has left over after a last block, so it must not have
        /// any.
        /// </summary>
        public bool IsByteByByte => _isInLastBlock && _singleBytesLeft > 0;

        public override bool CanRead => true;

        /// <summary>The first byte of a message is there.</summary>
        public void StartMessage()
        {
            _singleBytesLeft = MostSingleBytes;
            LookForLastBlock();
        }

        /// <summary>At the start of a block: its first bit (RFC 1951 §3.2.3) says whether it is a last one.</summary>
        public void LookForLastBlock() => _isInLastBlock = (Rest[0] & 1) == 1;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(IsByteByByte ? 1 : count, Rest.Count);
            _singleBytesLeft -= IsByteByByte ? read : 0;
            Rest.AsSpan(0, read).CopyTo(buffer.AsSpan(offset));
            Rest = Rest[read..];
            IsDry = read == 0;
            return read;
        }
    }
}
