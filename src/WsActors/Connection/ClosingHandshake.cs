using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Runtime;
using WsActors.Topics;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The end of a connection, from either side: the closing handshake, the last bytes, the socket, the handler. Each wait has a deadline.
/// Part of its actor.
/// </summary>
internal sealed class ClosingHandshake(ConnectionActor connection)
{
    /// <summary>The number of failures of our own code.</summary>
    private int _failures;

    /// <summary>The outcome of the WebSocket, once it is decided.</summary>
    public CloseOutcome? Outcome { get; private set; }

    private ConnectionTransport Transport => connection.Transport;

    private ConnectionOptions Options => connection.EndpointContext.Options;

    private TimeSpan Now => connection.Now;

    /// <summary>Sends our close frame behind what is queued, and waits for the peer's.</summary>
    public void StartClosing(CloseOutcome closeOutcome)
    {
        Outcome = closeOutcome;
        Transport.SendQueue.AppendClose(closeOutcome.Code, closeOutcome.Reason);
        if (ReadClose(connection.OpenConnection!.TakeUnread()) is { } isClose)
        {
            StartSocketClose(closeOutcome with { WasClean = isClose });
            return;
        }

        Transport.Flush();
        Transport.RequestRead();
        connection.Become(message => Closing(message, closeOutcome));
        AwaitPeer();
    }

    /// <summary>More was sent than the queue holds. What it holds may still leave for a while; then it is dropped, so that the close frame can.</summary>
    public void StartOverflow(CloseOutcome closeOutcome)
    {
        Outcome = closeOutcome;
        if (ReadClose(connection.OpenConnection!.TakeUnread()) is { } isClose)
        {
            Transport.SendQueue.AppendClose(closeOutcome.Code, closeOutcome.Reason);
            StartSocketClose(closeOutcome with { WasClean = isClose });
            return;
        }

        var dropAt = Now + Options.SendQueue.Grace;
        Transport.RequestRead();
        connection.Become(message => Overflowing(message, closeOutcome, dropAt));
        AwaitPeer(dropAt);
    }

    /// <summary>
    /// Nothing is said any more: what is queued leaves, then the socket closes. What still comes is discarded, since a reset for
    /// unread bytes would eat what left.
    /// </summary>
    /// <param name="closeOutcome">The outcome of the WebSocket; null for a connection that never had one.</param>
    public void StartSocketClose(CloseOutcome? closeOutcome)
    {
        Outcome = closeOutcome;
        connection.Become(message => ClosingSocket(message, closeOutcome));
        Transport.SendQueue.AbortStreams();
        while (Transport.TryFlush(isLast: ClosesSocketFirst(closeOutcome)))
        {
            Transport.CompleteWrite();
        }

        Transport.RequestRead();
        CloseSocketWhenEmpty(closeOutcome);
    }

    /// <summary>Resets the socket.</summary>
    /// <inheritdoc cref="StartSocketClose" path="/param"/>
    public void Abort(CloseOutcome? closeOutcome)
    {
        // What was still queued held our close frame, if there was one.
        closeOutcome = Transport.SendQueue.IsEmpty ? closeOutcome : closeOutcome?.Unclean;
        Outcome = closeOutcome;
        Transport.Abort();
        connection.BecomeUntil(Now + Options.CloseTimeout, message => ClosingSocket(message, closeOutcome));
    }

    /// <summary>
    /// Ends an open WebSocket after a failure, also one in a user's data: with a close frame if one can still leave, else by a
    /// reset.
    /// </summary>
    /// <returns>False when that failed, too: then only stopping is left.</returns>
    public bool TryFail(Exception cause)
    {
        Report(cause);
        var closeOutcome = Outcome?.Unclean ?? CloseOutcome.Failed(connection.Role);
        return _failures++ switch
        {
            0 => TryCloseSocket(closeOutcome) || TryAbort(closeOutcome),
            1 => TryAbort(closeOutcome),
            _ => false,
        };
    }

    /// <summary>The socket is gone. The handler is told, and a child has time to deal with it.</summary>
    public void OnSocketClosed(CloseOutcome? closeOutcome)
    {
        Transport.SendQueue.FailAll();
        connection.DetachSource();
        if (connection.OpenConnection is not { } open)
        {
            connection.Stop();
            return;
        }

        var how = closeOutcome ?? CloseOutcome.Failed(connection.Role);
        try
        {
            open.CompleteClose(how);
        }
        // The handler was told all the same, and needs its time.
        catch (Exception cause)
        {
            Report(cause);
        }

        connection.OnEnded(how);
        connection.EndpointContext.Log.Debug("{Connection} closed with {CloseCode}, begun by {Side}", connection.Ref.Path.Name, how.Code, how.By);
        if (open.HasChild)
        {
            // Stopping at once would drop the handler's mailbox, Closed and all.
            connection.Tell(open.Handler, PoisonPill.Instance);
            connection.BecomeUntil(Now + Options.CloseTimeout, message => AwaitingHandlerStop(message, open));
        }
        else
        {
            connection.Become(message => AwaitingHandlerStop(message, open));
            StopWhenPublished();
        }
    }

    /// <summary>
    /// Stops once members have taken what its handler published. Until then the connection keeps its place: clients that connect, publish
    /// and go cannot leave behind more than all connections together may have waiting.
    /// </summary>
    private void StopWhenPublished()
    {
        if (!connection.TryAwaitPublishes())
        {
            connection.Stop();
        }
    }

    // A peer may make a handler do again and again what fails here.
    private void Report(Exception cause) =>
        connection.EndpointContext.Failures.Write($"{connection.EndpointContext.Name}: a connection of {connection.Stats.Identity?.Route}", how: null, cause);

    private bool TryCloseSocket(CloseOutcome closeOutcome)
    {
        try
        {
            Transport.SendQueue.DropUnwritten(Ws.SendFailure.Closed);
            if (!Transport.SendQueue.HasClose && CloseCode.MayBeSent(closeOutcome.Code))
            {
                Transport.SendQueue.AppendClose(closeOutcome.Code, closeOutcome.Reason);
            }

            StartSocketClose(closeOutcome);
            return true;
        }
        // The frame that has begun to leave cannot go on.
        catch (Exception)
        {
            return false;
        }
    }

    private bool TryAbort(CloseOutcome closeOutcome)
    {
        try
        {
            Abort(closeOutcome);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private void Overflowing(object message, CloseOutcome closeOutcome, TimeSpan dropAt)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes when ReadClose(Transport.BytesOf(message)) is { } isClose:
                Transport.SendQueue.AppendClose(closeOutcome.Code, closeOutcome.Reason);
                StartSocketClose(closeOutcome with { WasClean = isClose });
                break;
            case Tcp.Received or LeasedBytes: Transport.RequestRead(); break;
            case ByteSource.WriteCompleted:
                Transport.CompleteWrite();
                Transport.Flush();
                AwaitPeerOrClose(closeOutcome, dropAt);
                break;
            case StreamedMessage.Produced produced when connection.OpenConnection!.SendPath.TryTakePart(produced):
                Transport.Flush();
                AwaitPeerOrClose(closeOutcome, dropAt);
                break;
            case StreamedMessage.Produced: StartClosing(closeOutcome); break;
            case WakeUpTime.Tick when Now >= dropAt:
                Transport.SendQueue.DropWaiting(Ws.SendFailure.QueueFull);
                StartClosing(closeOutcome);
                break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Abort(closeOutcome); break;
            case Tcp.PeerClosed: StartSocketClose(closeOutcome); break;
            default: connection.HandleDefault(message, closeOutcome); break;
        }
    }

    private void AwaitPeerOrClose(CloseOutcome closeOutcome, TimeSpan dropAt)
    {
        if (Transport.SendQueue.IsEmpty)
        {
            StartClosing(closeOutcome);
        }
        else
        {
            AwaitPeer(dropAt);
        }
    }

    private void Closing(object message, CloseOutcome closeOutcome)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes when ReadClose(Transport.BytesOf(message)) is { } isClose: StartSocketClose(closeOutcome with { WasClean = isClose }); break;
            case Tcp.Received or LeasedBytes: Transport.RequestRead(); break;
            case ByteSource.WriteCompleted:
                Transport.CompleteWrite();
                Transport.Flush();
                AwaitPeer();
                break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Abort(closeOutcome); break;
            case Tcp.PeerClosed: StartSocketClose(closeOutcome); break;
            default: connection.HandleDefault(message, closeOutcome); break;
        }
    }

    /// <summary>Of what still comes, only the end counts.</summary>
    /// <returns>True for the peer's close frame, false for a broken rule, null when neither is there yet.</returns>
    private bool? ReadClose(ReadOnlySpan<byte> bytes)
    {
        while (connection.OpenConnection!.Stream.TryRead(ref bytes, out var fact))
        {
            if (fact.Kind is StreamEventKind.Close or StreamEventKind.Violation)
            {
                return fact.Kind == StreamEventKind.Close;
            }
        }

        return null;
    }

    private void ClosingSocket(object message, CloseOutcome? closeOutcome)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes:
                Transport.BytesOf(message);
                Transport.RequestRead();
                break;
            case ByteSource.WriteCompleted:
                Transport.CompleteWrite();
                Transport.Flush();
                CloseSocketWhenEmpty(closeOutcome);
                break;
            // A half-close of the peer makes Akka.IO forget a hang-up that waits for a write.
            case Tcp.PeerClosed: CloseSocketWhenEmpty(closeOutcome); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Abort(closeOutcome); break;
            default: connection.HandleDefault(message, closeOutcome); break;
        }
    }

    /// <summary>RFC 6455 §7.1.1: of a WebSocket the server hangs up first, and its client awaits that.</summary>
    private bool ClosesSocketFirst(CloseOutcome? closeOutcome) => connection.Role == Role.Server || closeOutcome is null || Transport.HasPeerClosed;

    private void CloseSocketWhenEmpty(CloseOutcome? closeOutcome)
    {
        if (ClosesSocketFirst(closeOutcome))
        {
            Transport.CloseWhenEmpty();
        }

        AwaitPeer();
    }

    /// <summary>
    /// The deadline of a connection on its way out: while something is queued, that of the write; then the close timeout. A peer that
    /// is slow, but reads, gets all that was queued for it.
    /// </summary>
    private void AwaitPeer(TimeSpan? dropAt = null)
    {
        var deadline = Transport.WriteSince + Options.Progress.WriteTimeout ?? (dropAt ?? Now) + Options.CloseTimeout;
        connection.SetDeadline(deadline, wakeAt: dropAt < deadline ? dropAt.Value : deadline);
    }

    private void AwaitingHandlerStop(object message, OpenConnection open)
    {
        switch (message)
        {
            case Terminated or ChildStoppedSupervisorStrategy.ChildStopped when open.OnStopped(message): StopWhenPublished(); break;
            case PublishBacklogLow when !open.HasChild: StopWhenPublished(); break;
            case WakeUpTime.Tick when open.HasChild && connection.IsPastDeadline: connection.Stop(); break;
            case ConnectionActor.Abort when !open.HasChild: connection.Stop(); break;
            case Ws.Send send: connection.Refuse(send); break;
        }
    }
}
