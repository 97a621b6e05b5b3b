using System.Threading.Tasks.Sources;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The stream that TLS reads from and writes to. One read and one write run at a time; a wait allocates nothing. During the handshake a
/// wait continues on the thread pool: keys and certificates take a millisecond and more, and the search for a missing certificate of a
/// chain may wait for the network.
/// </summary>
internal sealed class TlsSocketStream(NonBlockingSocket bytes, BufferPool bufferPool) : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private const int EarlyBytes = 4 * 1024;

    private ManualResetValueTaskSourceCore<int> _reading = new() { RunContinuationsAsynchronously = true };

    private ManualResetValueTaskSourceCore<bool> _writing = new() { RunContinuationsAsynchronously = true };

    /// <summary>The buffer of the pending read.</summary>
    private Memory<byte> _room;

    /// <summary>The result of a zero-byte read: bytes are known to be there and need no second wait. Null without one.</summary>
    private byte[]? _early;

    /// <summary>Its bytes that were not read yet.</summary>
    private Memory<byte> _rest;

    private bool _isWriting;

    private volatile bool _hasReceived;

    /// <summary>Whether a byte was received. Any thread.</summary>
    public bool HasReceived => _hasReceived;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The handshake is over.</summary>
    public void OnHandshakeDone() => _reading.RunContinuationsAsynchronously = _writing.RunContinuationsAsynchronously = false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _room = buffer;
        _reading.Reset();
        return TryRead(out var count) ? ValueTask.FromResult(count) : new ValueTask<int>(this, _reading.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isWriting, true))
        {
            throw new InvalidOperationException("TLS writes twice at the same time");
        }

        _writing.Reset();
        var waiting = new ValueTask(this, _writing.Version);
        if (!bytes.TrySend(buffer, isLast: false, out var failure) && failure is null)
        {
            return waiting;
        }

        Volatile.Write(ref _isWriting, false);
        return failure is null ? ValueTask.CompletedTask : throw new IOException(failure);
    }

    /// <summary>A read may find bytes.</summary>
    public void OnReadable()
    {
        int count;
        try
        {
            if (!TryRead(out count))
            {
                return;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _reading.SetException(e);
            return;
        }

        _reading.SetResult(count);
    }

    /// <summary>The rest of a write was sent, or failed.</summary>
    public void OnSent(string? failure)
    {
        Volatile.Write(ref _isWriting, false);
        if (failure is null)
        {
            _writing.SetResult(true);
        }
        else
        {
            _writing.SetException(new IOException(failure));
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _writing.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writing.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writing.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        _rest = default;
        ReturnEarlyIfEmpty();
        base.Dispose(disposing);
    }

    /// <returns>True when bytes or the end were available; otherwise a callback follows.</returns>
    private bool TryRead(out int count)
    {
        count = TakeEarly();
        if (count > 0 || _early is not null)
        {
            return true;
        }

        while (bytes.IsReadable())
        {
            count = _room.IsEmpty ? ReceiveEarly(out var failure) : bytes.TryReceive(_room.Span, out failure);
            if (count >= 0)
            {
                _hasReceived |= count > 0 || _early is not null;
                return true;
            }

            if (failure is not null)
            {
                throw new IOException(failure);
            }
        }

        return false;
    }

    /// <returns>As for a zero-byte read.</returns>
    private int ReceiveEarly(out string? failure)
    {
        _early = bufferPool.Rent(EarlyBytes);
        try
        {
            var count = bytes.TryReceive(_early, out failure);
            _rest = _early.AsMemory(0, Math.Max(0, count));
            return Math.Min(count, 0);
        }
        finally
        {
            ReturnEarlyIfEmpty();
        }
    }

    private int TakeEarly()
    {
        var count = Math.Min(_room.Length, _rest.Length);
        _rest[..count].CopyTo(_room);
        _rest = _rest[count..];
        ReturnEarlyIfEmpty();
        return count;
    }

    private void ReturnEarlyIfEmpty()
    {
        if (_early is { } buffer && _rest.IsEmpty)
        {
            _early = null;
            bufferPool.Return(buffer);
        }
    }
}
