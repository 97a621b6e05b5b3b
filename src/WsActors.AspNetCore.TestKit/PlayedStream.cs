using Akka.Actor;
using Akka.Actor.Internal;
using Akka.IO;
using Microsoft.AspNetCore.Http;
using WsActors.TestKit;

namespace WsActors.AspNetCore.TestKit;

/// <summary>
/// The stream of an upgraded request, on a socket that a test plays. One read and one write at a time, on any thread; the actor of the
/// request completes them.
/// </summary>
/// <param name="socket">The socket.</param>
/// <param name="actor">The actor that is told the results of reads and writes.</param>
/// <param name="received">The bytes behind the head of the request.</param>
internal sealed class PlayedStream(IActorRef socket, IActorRef actor, ReadOnlyMemory<byte> received) : Stream
{
    private readonly Lock _lock = new();

    /// <summary>The bytes that arrived and were not read.</summary>
    private ReadOnlyMemory<byte> _received = received;

    /// <summary>Whether no more bytes arrive.</summary>
    private bool _isEnded;

    /// <summary>Whether the socket is gone.</summary>
    private bool _isClosed;

    /// <summary>Whether the first read was started.</summary>
    private bool _isServed;

    /// <summary>The head of the accepting response; null before the upgrade, and once it was written.</summary>
    private byte[]? _head;

    /// <summary>The read in flight; null without one.</summary>
    private TaskCompletionSource? _reading;

    /// <summary>The write in flight; null without one.</summary>
    private TaskCompletionSource? _writing;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TryStartWait() is { } reading)
        {
            socket.Tell(Tcp.ResumeReading.Instance, actor);
            await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            ThrowIfClosed();
            var count = Math.Min(buffer.Length, _received.Length);
            _received[..count].CopyTo(buffer);
            _received = _received[count..];
            return count;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        WriteHead();
        Task written;
        lock (_lock)
        {
            ThrowIfClosed();
            _writing = new TaskCompletionSource();
            written = _writing.Task;
        }

        socket.Tell(Tcp.Write.Create(ByteString.FromBytes(buffer.ToArray()), Written.Instance), actor);
        await written.ConfigureAwait(false);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Sets the head of the accepting response. It is written before the first read or write: a test that has seen it may let time pass,
    /// because the connection has started.
    /// </summary>
    public void SetHead(HttpResponse response) => _head = ResponseBytes.HeadOf(response);

    /// <summary>Writes that head, unless it was written.</summary>
    public void WriteHead()
    {
        if (Interlocked.Exchange(ref _head, null) is { } head)
        {
            socket.Tell(Tcp.Write.Create(ByteString.FromBytes(head), Tcp.NoAck.Instance), actor);
        }
    }

    /// <summary>Resets the socket.</summary>
    public void Abort() => socket.Tell(Tcp.Abort.Instance, actor);

    // Reports of the request's actor, on its thread: what waits for them continues there.

    /// <summary>Bytes arrived, or none at the end.</summary>
    public void OnReceived(byte[] bytes)
    {
        TaskCompletionSource? reading;
        lock (_lock)
        {
            _isEnded |= bytes.Length == 0;
            _received = (byte[])[.. _received.Span, .. bytes];
            (reading, _reading) = (_reading, null);
        }

        reading?.TrySetResult();
    }

    /// <summary>The socket took the write in flight.</summary>
    public void OnWritten()
    {
        TaskCompletionSource? writing;
        lock (_lock)
        {
            (writing, _writing) = (_writing, null);
        }

        writing?.TrySetResult();
    }

    /// <summary>The socket has ended: operations in flight fail, as do later ones.</summary>
    public void OnClosed()
    {
        TaskCompletionSource? reading, writing;
        lock (_lock)
        {
            _isClosed = true;
            (reading, _reading) = (_reading, null);
            (writing, _writing) = (_writing, null);
        }

        reading?.TrySetException(Gone());
        writing?.TrySetException(Gone());
    }

    /// <summary>The synchronous call, which no connection makes.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc cref="Read(byte[], int, int)"/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The wait for bytes; null where they are there, or will never be.</summary>
    private Task? TryStartWait()
    {
        lock (_lock)
        {
            ThrowIfClosed();
            Introduce();
            if (_received.Length > 0 || _isEnded)
            {
                return null;
            }

            _reading = new TaskCompletionSource();
            return _reading.Task;
        }
    }

    /// <summary>At the first read, names the connection to the socket: its actor asks for that read, on its thread.</summary>
    private void Introduce()
    {
        if (!_isServed && InternalCurrentActorCellKeeper.Current is { } connection)
        {
            socket.Tell(new ServedBy(connection.Self), actor);
        }

        _isServed = true;
        WriteHead();
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw Gone();
        }
    }

    private static IOException Gone() => new("The socket was reset.");

    /// <summary>The socket took a write.</summary>
    internal sealed class Written : Tcp.Event
    {
        private Written()
        {
        }

        public static Written Instance { get; } = new();
    }
}
