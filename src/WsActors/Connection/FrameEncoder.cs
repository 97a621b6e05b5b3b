using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The frame whose turn has come: its header goes into a write once, then its payload in slices, as many writes as that takes. Part of
/// an <see cref="SendQueue"/>, and moved by it alone. Between frames it holds nothing.
/// </summary>
internal struct FrameEncoder(Role role, BufferPool bufferPool)
{
    /// <summary>Null between frames.</summary>
    private QueuedFrame? _queuedFrame;

    /// <summary>The payload that is sent.</summary>
    private ReadOnlyMemory<byte> _payload;

    /// <summary>Whether that is compressed.</summary>
    private bool _isCompressed;

    /// <summary>The buffer of the compressed payload; null for an uncompressed payload and for a shared one.</summary>
    private byte[]? _rented;

    /// <summary>The masking key; zero changes nothing.</summary>
    private uint _key;

    /// <summary>Bytes of the payload that have gone into a write.</summary>
    private int _encodedBytes;

    /// <summary>Whether the header has gone into a write; what is no frame has none.</summary>
    private bool _hasHeader;

    public readonly bool IsOpen => _queuedFrame is not null;

    /// <summary>Whether bytes of it may have left: then all must, or the peer could not tell where the next frame starts.</summary>
    public readonly bool HasStarted => _hasHeader;

    /// <summary>Whether a message is open.</summary>
    public readonly bool HasMessage => _queuedFrame?.Message is not null;

    /// <summary>Bytes that have not gone into a write.</summary>
    public readonly int BytesLeft => (IsOpen, _hasHeader) switch
    {
        (false, _) => 0,
        (_, true) => _payload.Length - _encodedBytes,
        _ => FrameWriter.SizeOf(role, _payload.Length),
    };

    /// <summary>Takes a frame. A message that is compressed is so from here on.</summary>
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

    /// <summary>Feeds as much as the write still takes.</summary>
    /// <param name="write">Has room for the header, at least.</param>
    /// <param name="done">The frame, when its last byte is in.</param>
    public bool TryComplete(WriteBatch write, out QueuedFrame done)
    {
        done = _queuedFrame!; // not null: it is open

        // Looked at before a header is written: memory that is gone fails here, and the frame has not begun.
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

    /// <summary>Lets go of the frame.</summary>
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
