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
/// The states in which a connection ends: close frames, remaining output, socket, handler. Each wait has a deadline. Part of its actor.
/// </summary>
internal sealed class ClosingHandshake(ConnectionActor connection)
{
    /// <summary>The number of failures of our own code.</summary>
    private int _failures;

    /// <summary>The outcome of the WebSocket; null until it is decided.</summary>
    public CloseOutcome? Outcome { get; private set; }

    private ConnectionTransport Transport => connection.Transport;

    private ConnectionOptions Options => connection.EndpointContext.Options;

    private TimeSpan Now => connection.Now;

    /// <summary>Sends our close frame after all queued frames, and awaits the peer's.</summary>
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

    /// <summary>
    /// Handles a send-queue overflow. Queued frames may still leave until <c>QueueGrace</c> is over; the rest is then dropped, so that the
    /// close frame can leave.
    /// </summary>
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
    /// Sends all queued frames, then closes the socket. Bytes that still arrive are read and discarded: closing with unread bytes resets
    /// the socket, and the reset would destroy sent bytes.
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
        // A queue that is not empty may still hold our close frame.
        closeOutcome = Transport.SendQueue.IsEmpty ? closeOutcome : closeOutcome?.Unclean;
        Outcome = closeOutcome;
        Transport.Abort();
        connection.BecomeUntil(Now + Options.CloseTimeout, message => ClosingSocket(message, closeOutcome));
    }

    /// <summary>
    /// Ends an open WebSocket after an exception, also one in user data: with a close frame if it can still be sent, else by a reset.
    /// </summary>
    /// <returns>False when the reset failed, too: the actor has to stop.</returns>
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

    /// <summary>
    /// The socket has ended. The handler is told <see cref="Ws.Closed"/>, and a child has until <c>CloseTimeout</c> to handle it.
    /// </summary>
    public void OnSocketClosed(CloseOutcome? closeOutcome)
    {
        Transport.SendQueue.FailAll();
        connection.DetachSource();
        if (connection.OpenConnection is not { } open)
        {
            connection.Stop();
            return;
        }

        var outcome = closeOutcome ?? CloseOutcome.Failed(connection.Role);
        try
        {
            open.CompleteClose(outcome);
        }
        // The handler was told Closed before the exception, and still gets its time to handle it.
        catch (Exception cause)
        {
            Report(cause);
        }

        connection.OnEnded(outcome);
        connection.EndpointContext.Log.Debug(
            "{Connection} closed with {CloseCode}, begun by {Side}", connection.Ref.Path.Name, outcome.Code, outcome.By);
        if (open.HasChild)
        {
            // Stopping the handler at once would drop its mailbox with Closed in it.
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
    /// Stops once topic members have taken all publications of the handler. The connection counts against the limits until then: clients
    /// that connect, publish and disconnect cannot leave more publications waiting than open connections may.
    /// </summary>
    private void StopWhenPublished()
    {
        if (!connection.TryAwaitPublishes())
        {
            connection.Stop();
        }
    }

    // The failure log is rate-limited: a peer can trigger the same failure again and again.
    private void Report(Exception cause) =>
        connection.EndpointContext.Failures.Write(
            $"{connection.EndpointContext.Name}: a connection of {connection.Stats.Identity?.Route}", predicate: null, cause);

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
        // The rest of a frame that has started to leave cannot be written.
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
            case Tcp.Received or LeasedBytes when ReadClose(Transport.BytesOf(message)) is { } isClose:
                StartSocketClose(closeOutcome with { WasClean = isClose });
                break;
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

    /// <summary>Reads until the peer's end; messages before it are discarded.</summary>
    /// <returns>True for the peer's close frame, false for a protocol violation, null when neither has arrived.</returns>
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
            // Akka.IO drops a pending close when the peer half-closes: the close is repeated.
            case Tcp.PeerClosed: CloseSocketWhenEmpty(closeOutcome); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Abort(closeOutcome); break;
            default: connection.HandleDefault(message, closeOutcome); break;
        }
    }

    /// <summary>RFC 6455 §7.1.1: the server closes the socket first, and the client waits for that.</summary>
    private bool ClosesSocketFirst(CloseOutcome? closeOutcome) =>
        connection.Role == Role.Server || closeOutcome is null || Transport.HasPeerClosed;

    private void CloseSocketWhenEmpty(CloseOutcome? closeOutcome)
    {
        if (ClosesSocketFirst(closeOutcome))
        {
            Transport.CloseWhenEmpty(isPeerDone: closeOutcome is { WasClean: true });
        }

        AwaitPeer();
    }

    /// <summary>
    /// Sets the deadline: the write timeout while a write is in flight, else the close timeout. A peer that reads slowly still gets
    /// everything that was queued for it.
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
