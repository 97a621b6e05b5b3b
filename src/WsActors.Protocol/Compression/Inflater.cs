using System.IO.Compression;

namespace WsActors.Protocol.Compression;

/// <summary>
/// Inflates messages piece by piece (RFC 7692 §7.2.2), in steps as small as the caller likes: one call never inflates more than it is
/// asked for. Owned by one parser, used by one thread at a time. Without a context it holds no memory between messages. After an
/// exception only <see cref="Dispose"/> may be called.
/// </summary>
/// <param name="keepsContext">Whether a message may refer to the ones before it.</param>
public sealed class Inflater(bool keepsContext) : IDisposable
{
    /// <summary>The end of an empty block that every sender removes (RFC 7692 §7.2.1).</summary>
    private static readonly byte[] Tail = [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>
    /// 64 empty blocks: 320 bytes, more than the longest header of a block (286: three counts, 19 code lengths of 3 bits, 316 of up to 7).
    /// Behind a complete message they inflate to nothing. A message that stops in the middle of a block takes them for the rest of that
    /// block: they inflate to bytes, or are an error, and either shows that something is missing.
    /// </summary>
    private static readonly byte[] EmptyBlocks =
        [.. Enumerable.Repeat<byte[]>([0x00, 0x00, 0x00, 0xFF, 0xFF], 64).SelectMany(static block => block)];

    private readonly Feed _feed = new();

    /// <summary>The decompressor with its context; null when the next byte starts with an empty context.</summary>
    private DeflateStream? _stream;

    /// <summary>Whether a byte of the current message was added.</summary>
    private bool _hasStarted;

    /// <summary>
    /// Adds the next piece of a message. The piece before it must have been read to its end. The bytes must not change until they are read.
    /// </summary>
    internal void Add(ArraySegment<byte> piece)
    {
        _feed.Rest = piece;
        if (!_hasStarted && piece.Count > 0)
        {
            _hasStarted = true;
            _feed.StartMessage();
        }
    }

    /// <summary>Inflates the added pieces.</summary>
    /// <returns>The number of inflated bytes; 0 when more pieces are needed, or the message is complete.</returns>
    /// <exception cref="InvalidDataException">The bytes are not DEFLATE data.</exception>
    internal int Read(Span<byte> destination)
    {
        while (_hasStarted && !destination.IsEmpty)
        {
            var count = ReadBlocks(destination);
            if (count > 0 || _feed.Rest.Count == 0 || !_feed.IsByteByByte)
            {
                return count;
            }

            // A block with BFINAL ended, and the message continues (RFC 7692 §7.2.1): the next block starts at the next byte.
            DropContext();
            _feed.ReadFinalBit();
        }

        return 0;
    }

    /// <summary>Ends the message, which must have been read to its end.</summary>
    /// <exception cref="InvalidDataException">The message stops in the middle of a block: something is missing.</exception>
    internal void EndMessage()
    {
        var endsWithFinalBlock = _hasStarted && (!TryAppend(Tail) || !TryAppend(EmptyBlocks));
        if (!keepsContext || endsWithFinalBlock)
        {
            // A block with BFINAL ends the context as well: its sender starts with an empty one behind it.
            DropContext();
        }

        _hasStarted = false;
        _feed.Rest = [];
    }

    /// <summary>Releases the context and discards the open message. The next message starts with an empty context.</summary>
    public void Dispose()
    {
        DropContext();
        _hasStarted = false;
        _feed.Rest = [];
    }

    /// <summary>Appends empty blocks to a message. False when a block with BFINAL came before: behind it nothing is read.</summary>
    /// <exception cref="InvalidDataException">The blocks inflate to bytes: the message stops in the middle of a block.</exception>
    private bool TryAppend(byte[] emptyBlocks)
    {
        _feed.Rest = emptyBlocks;
        Span<byte> excess = stackalloc byte[1];
        return ReadBlocks(excess) == 0
            ? _feed.Rest.Count == 0
            : throw new InvalidDataException("The message stops in the middle of a block.");
    }

    /// <summary>Reads up to the end of the pieces, or of a block with BFINAL: behind it nothing more is taken from the feed.</summary>
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
            // With System.IO.Compression.UseStrictValidation, .NET treats a feed that is empty for now as truncated data.
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
        /// The bytes of a message that may be fed one by one. That takes forty times the work, and each small block with BFINAL takes a
        /// decompressor of its own. Blocks behind one with BFINAL are read only if that block ends within these bytes and all blocks before
        /// it have BFINAL too: no sender is known to place them elsewhere.
        /// </summary>
        private const int MaxSingleBytes = 1024;

        private int _singleBytesLeft;

        private bool _isInFinalBlock;

        /// <summary>The bytes that the decompressor has not read yet.</summary>
        public ArraySegment<byte> Rest { get; set; } = [];

        /// <summary>Whether the decompressor asked for a byte when <see cref="Rest"/> was empty.</summary>
        public bool IsDry { get; set; }

        /// <summary>
        /// Whether the decompressor gets single bytes. It does not report how many bytes it took beyond a block with BFINAL, so it must not
        /// take any.
        /// </summary>
        public bool IsByteByByte => _isInFinalBlock && _singleBytesLeft > 0;

        public override bool CanRead => true;

        /// <summary>Starts a message whose first byte is in <see cref="Rest"/>.</summary>
        public void StartMessage()
        {
            _singleBytesLeft = MaxSingleBytes;
            ReadFinalBit();
        }

        /// <summary>Reads BFINAL, the first bit of the block that <see cref="Rest"/> starts with (RFC 1951 §3.2.3).</summary>
        public void ReadFinalBit() => _isInFinalBlock = (Rest[0] & 1) == 1;

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
