using Akka.Actor;
using WsActors.Protocol;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Connection;

/// <summary>A connection's socket, with what waits to be sent on it: one read asked for and one write in flight at a time.</summary>
internal sealed class ConnectionTransport
{
    private readonly IActorRef _connection;

    private readonly EndpointContext _endpointContext;

    /// <summary>Whether a read is asked for that has not come yet.</summary>
    private bool _isReading;

    /// <summary>Until there is a socket, what it is told goes nowhere.</summary>
    private ByteSource _socket;

    public ConnectionTransport(IActorRef connection, AckNotifier ackNotifier, Role role, EndpointContext endpointContext)
    {
        _connection = connection;
        _socket = new ByteSource(ActorRefs.Nobody, connection);
        _endpointContext = endpointContext;
        Acks = ackNotifier;
        SendQueue = new SendQueue(role, endpointContext.BufferPool, endpointContext.Options.SendQueue.MaxBytes, Acks, connection);
    }

    public SendQueue SendQueue { get; }

    /// <summary>Tells senders what became of their messages.</summary>
    public AckNotifier Acks { get; }

    /// <summary>Since when a write is in flight that was not taken at once; null when none is.</summary>
    public TimeSpan? WriteSince { get; private set; }

    /// <summary>Whether the peer sends no more; it may still read.</summary>
    public bool HasPeerClosed { get; set; }

    /// <summary>The byte source, to be watched.</summary>
    public IActorRef Source => _socket.Source;

    /// <inheritdoc cref="ByteSource.IsSynchronousSource"/>
    public bool IsSynchronous => _socket.IsSynchronous;

    /// <inheritdoc cref="ByteSource.HasTlsBegun"/>
    public bool HasTlsBegun => _socket.HasTlsBegun;

    public bool IsSource(IActorRef actor) => actor.Equals(Source);

    /// <summary>There is a socket: from now on the connection is told what comes.</summary>
    public void Attach(IActorRef source)
    {
        _socket = new ByteSource(source, _connection);
        _socket.Register();
    }

    /// <summary>TLS begins; nothing may be read or written before it has.</summary>
    public void Secure(StartTls how) => _socket.Secure(how);

    /// <summary>The bytes of the read that came.</summary>
    /// <param name="read">What the source told.</param>
    public ReadOnlySpan<byte> BytesOf(object read)
    {
        _isReading = false;
        return ByteSource.BytesOf(read);
    }

    /// <summary>None of what came is needed any more, and nothing is read for now.</summary>
    public void PauseReading()
    {
        if (!_isReading)
        {
            ReturnBytes();
        }
    }

    /// <summary>Nothing is read any more, not even what came.</summary>
    public void ReturnBytes() => _socket.ReturnBytes();

    /// <summary>Asks for the next read, unless that is done already.</summary>
    public void RequestRead()
    {
        if (!_isReading)
        {
            _isReading = true;
            _socket.ResumeReading();
        }
    }

    /// <summary>Starts the next write, if something waits and none is in flight.</summary>
    public void Flush()
    {
        if (TryFlush())
        {
            _connection.Tell(ByteSource.WriteCompleted.Instance, _socket.Source);
        }
    }

    /// <summary>The same for who hears at once of a write that was taken at once.</summary>
    /// <param name="isLast">Whether <see cref="CloseWhenEmpty"/> follows: then the end may leave with it.</param>
    /// <returns>Whether it was: <see cref="CompleteWrite"/> has to follow, and nothing comes.</returns>
    public bool TryFlush(bool isLast = false)
    {
        if (!SendQueue.TryStartWrite(out var bytes))
        {
            return false;
        }

        if (_socket.TryWrite(bytes, isLast))
        {
            return true;
        }

        WriteSince = _endpointContext.Clock.Now;
        return false;
    }

    /// <summary>The socket took the write in flight.</summary>
    public void CompleteWrite()
    {
        if (SendQueue.IsWriting)
        {
            WriteSince = null;
            SendQueue.CompleteWrite();
        }
    }

    /// <summary>Half-closes once all has left; until then nothing.</summary>
    public void CloseWhenEmpty()
    {
        if (SendQueue.IsEmpty)
        {
            _socket.ConfirmedClose();
        }
    }

    /// <summary>Resets the socket, whatever still waits.</summary>
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
    /// The last words of a connection that failed: the rest of the frame that has begun to leave, a close frame, the end. If even they
    /// fail, a reset.
    /// </summary>
    public void CloseAfterFailure(CloseOutcome closeOutcome, ITellScheduler scheduler)
    {
        try
        {
            Close(closeOutcome);
            _socket.Close(scheduler, _endpointContext.Options.CloseTimeout);
        }
        catch (Exception)
        {
            Abort();
            throw;
        }
    }

    private void Close(CloseOutcome closeOutcome)
    {
        // Nobody will hear that a write was taken: the next goes at once, and its buffer to the garbage collector.
        SendQueue.ReleaseWrite();
        if (!SendQueue.HasClose)
        {
            SendQueue.DropUnwritten(Ws.SendFailure.Closed);

            // One that had ended without close frames ends without: its code may not be sent (RFC 6455 §7.4.1).
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
