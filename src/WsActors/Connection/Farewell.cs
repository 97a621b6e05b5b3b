using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Topics;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// How a connection ends, whoever begins it: the close handshake, the last bytes, the socket, the handler. Each wait has a deadline.
/// Part of its actor.
/// </summary>
internal sealed class Farewell(ConnectionActor connection)
{
    /// <summary>How often something of ours has failed.</summary>
    private int _failures;

    /// <summary>How the WebSocket ends, once that is decided.</summary>
    public End? Decided { get; private set; }

    private Wire Wire => connection.Wire;

    private EndpointOptions Options => connection.Endpoint.Options;

    private TimeSpan Now => connection.Now;

    /// <summary>Sends our close frame behind what is queued, and waits for the peer's.</summary>
    public void StartClosing(End end)
    {
        Decided = end;
        Wire.Outbox.AppendClose(end.Code, end.Reason);
        if (ReadClose(connection.Conversation!.TakeRest()) is { } isClose)
        {
            Leave(end with { WasClean = isClose });
            return;
        }

        Wire.Flush();
        Wire.ReadOn();
        connection.Become(message => Closing(message, end));
        AwaitPeer();
    }

    /// <summary>More was sent than the queue holds. What it holds may still leave for a while; then it is dropped, so that the close frame can.</summary>
    public void Overflow(End end)
    {
        Decided = end;
        if (ReadClose(connection.Conversation!.TakeRest()) is { } isClose)
        {
            Wire.Outbox.AppendClose(end.Code, end.Reason);
            Leave(end with { WasClean = isClose });
            return;
        }

        var dropAt = Now + Options.QueueGrace;
        Wire.ReadOn();
        connection.Become(message => Overflowing(message, end, dropAt));
        AwaitPeer(dropAt);
    }

    /// <summary>
    /// Nothing is said any more: what is queued leaves, then the socket closes. What still comes is discarded, since a reset for
    /// unread bytes would eat what left.
    /// </summary>
    /// <param name="end">How the WebSocket ended; null for whoever never had one.</param>
    public void Leave(End? end)
    {
        Decided = end;
        connection.Become(message => Leaving(message, end));
        Wire.Outbox.EndStreams();
        while (Wire.TryFlush(isLast: HangsUpNow(end)))
        {
            Wire.FinishWrite();
        }

        Wire.ReadOn();
        HangUpWhenEmpty(end);
    }

    /// <summary>Resets the socket.</summary>
    /// <inheritdoc cref="Leave" path="/param"/>
    public void Abort(End? end)
    {
        // What was still queued held our close frame, if there was one.
        end = Wire.Outbox.IsEmpty ? end : end?.Unclean;
        Decided = end;
        Wire.Abort();
        connection.BecomeUntil(Now + Options.CloseTimeout, message => Leaving(message, end));
    }

    /// <summary>
    /// Ends an open WebSocket in which something failed, be it at what a user gave us: with a close frame if one can still leave, else by a
    /// reset.
    /// </summary>
    /// <returns>False when that failed, too: then only stopping is left.</returns>
    public bool TryFail(Exception cause)
    {
        Report(cause);
        var end = Decided?.Unclean ?? End.Failed(connection.Role);
        return _failures++ switch
        {
            0 => TryLeave(end) || TryAbort(end),
            1 => TryAbort(end),
            _ => false,
        };
    }

    /// <summary>The socket is gone. The handler is told, and a child has time to deal with it.</summary>
    public void Finish(End? end)
    {
        Wire.Outbox.Abandon();
        connection.ForgetSource();
        if (connection.Conversation is not { } open)
        {
            connection.Stop();
            return;
        }

        var how = end ?? End.Failed(connection.Role);
        try
        {
            open.Finish(how);
        }
        // The handler was told all the same, and needs its time.
        catch (Exception cause)
        {
            Report(cause);
        }

        connection.Ended(how);
        connection.Endpoint.Log.Debug("{Connection} closed with {CloseCode}, begun by {Side}", connection.Ref.Path.Name, how.Code, how.By);
        if (open.HasChild)
        {
            // Stopping at once would drop the handler's mailbox, Closed and all.
            connection.Tell(open.Handler, PoisonPill.Instance);
            connection.BecomeUntil(Now + Options.CloseTimeout, message => Finishing(message, open));
        }
        else
        {
            connection.Become(message => Finishing(message, open));
            StopWhenPublished();
        }
    }

    /// <summary>
    /// Stops once members have taken what its handler published. Until then the connection keeps its place: clients that connect, publish
    /// and go cannot leave behind more than all connections together may have waiting.
    /// </summary>
    private void StopWhenPublished()
    {
        if (!connection.AwaitsLastPublish())
        {
            connection.Stop();
        }
    }

    // A peer may make a handler do again and again what fails here.
    private void Report(Exception cause) =>
        connection.Endpoint.Failures.Write($"{connection.Endpoint.Name}: a connection of {connection.Vitals.Who?.Route}", how: null, cause);

    private bool TryLeave(End end)
    {
        try
        {
            Wire.Outbox.DropUnwritten(Ws.SendFailure.Closed);
            if (!Wire.Outbox.HasClose && CloseCode.MayBeSent(end.Code))
            {
                Wire.Outbox.AppendClose(end.Code, end.Reason);
            }

            Leave(end);
            return true;
        }
        // The frame that has begun to leave cannot go on.
        catch (Exception)
        {
            return false;
        }
    }

    private bool TryAbort(End end)
    {
        try
        {
            Abort(end);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private void Overflowing(object message, End end, TimeSpan dropAt)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes when ReadClose(Wire.BytesOf(message)) is { } isClose:
                Wire.Outbox.AppendClose(end.Code, end.Reason);
                Leave(end with { WasClean = isClose });
                break;
            case Tcp.Received or LeasedBytes: Wire.ReadOn(); break;
            case ByteSource.WriteCompleted:
                Wire.FinishWrite();
                Wire.Flush();
                AwaitPeerOrClose(end, dropAt);
                break;
            case StreamFeed.Produced produced when connection.Conversation!.Sending.TryTake(produced):
                Wire.Flush();
                AwaitPeerOrClose(end, dropAt);
                break;
            case StreamFeed.Produced: StartClosing(end); break;
            case WakeUp.Tick when Now >= dropAt:
                Wire.Outbox.DropWaiting(Ws.SendFailure.QueueFull);
                StartClosing(end);
                break;
            case WakeUp.Tick when connection.IsOver: Abort(end); break;
            case Tcp.PeerClosed: Leave(end); break;
            default: connection.Otherwise(message, end); break;
        }
    }

    private void AwaitPeerOrClose(End end, TimeSpan dropAt)
    {
        if (Wire.Outbox.IsEmpty)
        {
            StartClosing(end);
        }
        else
        {
            AwaitPeer(dropAt);
        }
    }

    private void Closing(object message, End end)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes when ReadClose(Wire.BytesOf(message)) is { } isClose: Leave(end with { WasClean = isClose }); break;
            case Tcp.Received or LeasedBytes: Wire.ReadOn(); break;
            case ByteSource.WriteCompleted:
                Wire.FinishWrite();
                Wire.Flush();
                AwaitPeer();
                break;
            case WakeUp.Tick when connection.IsOver: Abort(end); break;
            case Tcp.PeerClosed: Leave(end); break;
            default: connection.Otherwise(message, end); break;
        }
    }

    /// <summary>Of what still comes, only the end counts.</summary>
    /// <returns>True for the peer's close frame, false for a broken rule, null when neither is there yet.</returns>
    private bool? ReadClose(ReadOnlySpan<byte> bytes)
    {
        while (connection.Conversation!.Stream.TryRead(ref bytes, out var fact))
        {
            if (fact.Kind is StreamEventKind.Close or StreamEventKind.Violation)
            {
                return fact.Kind == StreamEventKind.Close;
            }
        }

        return null;
    }

    private void Leaving(object message, End? end)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes:
                Wire.BytesOf(message);
                Wire.ReadOn();
                break;
            case ByteSource.WriteCompleted:
                Wire.FinishWrite();
                Wire.Flush();
                HangUpWhenEmpty(end);
                break;
            // A half-close of the peer makes Akka.IO forget a hang-up that waits for a write.
            case Tcp.PeerClosed: HangUpWhenEmpty(end); break;
            case WakeUp.Tick when connection.IsOver: Abort(end); break;
            default: connection.Otherwise(message, end); break;
        }
    }

    /// <summary>RFC 6455 §7.1.1: of a WebSocket the server hangs up first, and its client awaits that.</summary>
    private bool HangsUpNow(End? end) => connection.Role == Role.Server || end is null || Wire.HasPeerClosed;

    private void HangUpWhenEmpty(End? end)
    {
        if (HangsUpNow(end))
        {
            Wire.HangUpWhenEmpty();
        }

        AwaitPeer();
    }

    /// <summary>
    /// The deadline of a connection on its way out: while something is queued, that of the write; then the close timeout. A peer that
    /// is slow, but reads, gets all that was queued for it.
    /// </summary>
    private void AwaitPeer(TimeSpan? dropAt = null)
    {
        var deadline = Wire.WriteSince + Options.WriteTimeout ?? (dropAt ?? Now) + Options.CloseTimeout;
        connection.EndStateAt(deadline, wakeAt: dropAt < deadline ? dropAt.Value : deadline);
    }

    private void Finishing(object message, Conversation open)
    {
        switch (message)
        {
            case Terminated or ParentStrategy.ChildStopped when open.HasLost(message): StopWhenPublished(); break;
            case PublishesTaken when !open.HasChild: StopWhenPublished(); break;
            case WakeUp.Tick when open.HasChild && connection.IsOver: connection.Stop(); break;
            case ConnectionActor.Abort when !open.HasChild: connection.Stop(); break;
            case Ws.Send send: connection.Refuse(send); break;
        }
    }
}
