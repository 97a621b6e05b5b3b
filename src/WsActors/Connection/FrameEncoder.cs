using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// Encodes one frame at a time into writes: the header once, then the payload in slices over as many writes as needed. Part of a
/// <see cref="SendQueue"/>, and called by it alone. Between frames it holds nothing.
/// </summary>
internal struct FrameEncoder(Role role, BufferPool bufferPool)
{
    /// <summary>Null between frames.</summary>
    private QueuedFrame? _queuedFrame;

    /// <summary>The payload on the wire.</summary>
    private ReadOnlyMemory<byte> _payload;

    /// <summary>Whether that payload is compressed.</summary>
    private bool _isCompressed;

    /// <summary>The buffer of the compressed payload; null for an uncompressed payload and for a shared one.</summary>
    private byte[]? _rented;

    /// <summary>The masking key; zero changes nothing.</summary>
    private uint _key;

    /// <summary>Payload bytes that are already in a write.</summary>
    private int _encodedBytes;

    /// <summary>Whether the header is in a write; true for bytes that are no frame.</summary>
    private bool _hasHeader;

    public readonly bool IsOpen => _queuedFrame is not null;

    /// <summary>Whether bytes of the frame may have left: the rest must follow, or the peer could not find the next frame.</summary>
    public readonly bool HasStarted => _hasHeader;

    /// <summary>Whether a message is open.</summary>
    public readonly bool HasMessage => _queuedFrame?.Message is not null;

    /// <summary>Bytes that are not in a write yet.</summary>
    public readonly int BytesLeft => (IsOpen, _hasHeader) switch
    {
        (false, _) => 0,
        (_, true) => _payload.Length - _encodedBytes,
        _ => FrameWriter.SizeOf(role, _payload.Length),
    };

    /// <summary>Takes a frame, and compresses its message if that pays.</summary>
    public void Start(QueuedFrame queuedFrame, Compressor? compressor)
    {
        _payload = queuedFrame.Payload;
        if (compressor is not null && compressor.TryCompress(queuedFrame, out var compressed, out _rented))
        {
            (_payload, _isCompressed) = (compressed, true);
        }

        _queuedFrame = queuedFrame;
        _hasHeader = queuedFrame.Opcode is null;
    }

    /// <summary>Encodes as much as the write has room for.</summary>
    /// <param name="write">The write; it has room for the header, at least.</param>
    /// <param name="done">The frame, once its last byte is written.</param>
    public bool TryComplete(WriteBatch write, out QueuedFrame done)
    {
        done = _queuedFrame!; // not null: it is open

        // The payload is accessed before the header is written: if its memory was disposed of, this throws before the frame starts.
        var payload = _payload.Span;
        if (!_hasHeader)
        {
            _key = FrameWriter.WriteHeader(write, role, done.Opcode!.Value, _payload.Length, done.Fin, _isCompressed);
            _hasHeader = true;
        }

        var slice = payload.Slice(_encodedBytes, Math.Min(write.Room, payload.Length - _encodedBytes));
        Masking.Apply(slice, write.GetSpan(slice.Length), _key, _encodedBytes);
        write.Advance(slice.Length);
        _encodedBytes += slice.Length;
        var isDone = _encodedBytes == _payload.Length;
        if (isDone)
        {
            Drop();
        }

        return isDone;
    }

    /// <summary>Removes the frame and returns its buffer.</summary>
    public QueuedFrame? Drop()
    {
        var queuedFrame = _queuedFrame;
        if (_rented is not null)
        {
            bufferPool.Return(_rented);
        }

        (_queuedFrame, _payload, _isCompressed, _rented, _key, _encodedBytes, _hasHeader) = (null, default, false, null, 0, 0, false);
        return queuedFrame;
    }
}
