using Akka.Actor;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Taps;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Connection;

/// <summary>The byte source of a connection and its send queue. At most one requested read and one write are in flight.</summary>
internal sealed class ConnectionTransport
{
    private static readonly TimeSpan NotWriting = TimeSpan.MinValue;

    private readonly IActorRef _connection;

    private readonly Clock _clock;

    /// <summary>See <see cref="WriteSince"/>. A nullable field would take 8 bytes more of each idle connection.</summary>
    private TimeSpan _writeSince = NotWriting;

    /// <summary>Whether a read was requested and has not arrived.</summary>
    private bool _isReading;

    /// <summary>Before a socket is attached, it discards all commands.</summary>
    private ByteSource _socket;

    public ConnectionTransport(IActorRef connection, AckNotifier ackNotifier, Role role, EndpointContext endpointContext)
    {
        _connection = connection;
        _socket = new ByteSource(ActorRefs.Nobody, connection);
        _clock = endpointContext.Clock;
        Acks = ackNotifier;
        SendQueue = new SendQueue(role, endpointContext.BufferPool, endpointContext.Options.SendQueue.MaxBytes, Acks, connection);
    }

    public SendQueue SendQueue { get; }

    /// <summary>Tells senders whether their messages were sent.</summary>
    public AckNotifier Acks { get; }

    /// <summary>The start of a write in flight that the socket did not take at once; null without one.</summary>
    public TimeSpan? WriteSince => _writeSince == NotWriting ? null : _writeSince;

    /// <summary>Sees all bytes received and sent; null without a tap.</summary>
    public ConnectionTap? Tap { get; set; }

    /// <summary>Whether the peer has half-closed: it sends no more, but may still read.</summary>
    public bool HasPeerClosed { get; set; }

    /// <summary>The byte source, to be watched.</summary>
    public IActorRef Source => _socket.Source;

    /// <inheritdoc cref="ByteSource.IsSynchronousSource"/>
    public bool IsSynchronous => _socket.IsSynchronous;

    /// <inheritdoc cref="ByteSource.HasTlsBegun"/>
    public bool HasTlsBegun => _socket.HasTlsBegun;

    public bool IsSource(IActorRef actor) => actor.Equals(Source);

    /// <summary>Attaches the socket and registers the connection for its events.</summary>
    public void Attach(IActorRef source)
    {
        _socket = new ByteSource(source, _connection);
        _socket.Register();
    }

    /// <summary>Starts TLS. Nothing may be read or written before it has started.</summary>
    public void Secure(StartTls command) => _socket.Secure(command);

    /// <summary>The bytes of a completed read.</summary>
    /// <param name="read">The message of the byte source.</param>
    public ReadOnlySpan<byte> BytesOf(object read)
    {
        _isReading = false;
        var bytes = ByteSource.BytesOf(read);
        Tap?.OnReceived(bytes);
        return bytes;
    }

    /// <summary>Returns the received bytes, unless a read is already requested.</summary>
    public void PauseReading()
    {
        if (!_isReading)
        {
            ReturnBytes();
        }
    }

    /// <summary>Returns the received bytes; nothing more is read.</summary>
    public void ReturnBytes() => _socket.ReturnBytes();

    /// <summary>Requests the next read, unless one is requested already.</summary>
    public void RequestRead()
    {
        if (!_isReading)
        {
            _isReading = true;
            _socket.ResumeReading();
        }
    }

    /// <summary>Starts the next write, if frames wait and no write is in flight.</summary>
    public void Flush()
    {
        if (TryFlush())
        {
            _connection.Tell(ByteSource.WriteCompleted.Instance, _socket.Source);
        }
    }

    /// <summary>The same, for a caller that handles an immediately completed write itself.</summary>
    /// <param name="isLast">Whether <see cref="CloseWhenEmpty"/> follows: the socket's end may leave with this write.</param>
    /// <returns>
    /// True when the socket took the write at once: the caller must call <see cref="CompleteWrite"/>, and no message follows.
    /// </returns>
    public bool TryFlush(bool isLast = false)
    {
        if (!SendQueue.TryStartWrite(out var bytes))
        {
            return false;
        }

        Tap?.OnSent(bytes);
        if (_socket.TryWrite(bytes, isLast))
        {
            return true;
        }

        _writeSince = _clock.Now;
        return false;
    }

    /// <summary>The socket took the write in flight.</summary>
    public void CompleteWrite()
    {
        if (SendQueue.IsWriting)
        {
            _writeSince = NotWriting;
            SendQueue.CompleteWrite();
        }
    }

    /// <summary>Half-closes if nothing waits to be sent; else does nothing.</summary>
    /// <param name="isPeerDone">Whether the peer's close frame has arrived.</param>
    public void CloseWhenEmpty(bool isPeerDone)
    {
        if (SendQueue.IsEmpty)
        {
            _socket.ConfirmedClose(isPeerDone);
        }
    }

    /// <summary>Resets the socket and drops all queued frames.</summary>
    public void Abort()
    {
        try
        {
            SendQueue.FailAll();
        }
        finally
        {
            _socket.Abort();
        }
    }

    /// <summary>
    /// Ends a connection that failed: writes the rest of the frame that has started to leave, a close frame, and closes the socket. Resets
    /// the socket if that fails.
    /// </summary>
    public void CloseAfterFailure(CloseOutcome closeOutcome, ITellScheduler scheduler, TimeSpan timeout)
    {
        try
        {
            Close(closeOutcome);
            _socket.Close(scheduler, timeout);
        }
        catch (Exception)
        {
            Abort();
            throw;
        }
    }

    private void Close(CloseOutcome closeOutcome)
    {
        // The actor stops, and receives no completion: the next write starts at once, and the buffer is left to the garbage collector.
        SendQueue.ReleaseWrite();
        if (!SendQueue.HasClose)
        {
            SendQueue.DropUnwritten(Ws.SendFailure.Closed);

            // A WebSocket that ended abnormally gets no close frame: its code may not be sent (RFC 6455 §7.4.1).
            if (CloseCode.MayBeSent(closeOutcome.Code))
            {
                SendQueue.AppendClose(closeOutcome.Code, closeOutcome.Reason);
            }
        }

        do
        {
            Flush();
            SendQueue.ReleaseWrite();
        }
        while (!SendQueue.IsEmpty);
    }
}
