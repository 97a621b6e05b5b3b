using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Manager;
using WsActors.Protocol.Messages;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// One socket, from its first byte to its last. What happens before the upgrade is <see cref="Reception"/>'s, what happens on the
/// open WebSocket <see cref="Conversation"/>'s; this is what they share, and how all of it ends.
/// </summary>
internal sealed class ConnectionActor : UntypedActor
{
    // Reception:    Handshaking --upgrade asked for--> Admitting --(guard: Asking)--> Open
    //                    \--plain HTTP: Asking--> Leaving          \--refused--> Leaving
    // Conversation: Open --half-closed by the peer--> HalfClosed --> Leaving
    //                  \--peer closed or broke a rule--> Leaving
    // Here:         Open --closed by us--> Closing --peer answered--> Leaving
    //                  \--queue overrun--> Overflowing --queue empty or dropped--> Closing
    //               Leaving --socket gone--> Finishing --handler gone--> (stopped)

    private readonly WakeUp _wakeUp;

    /// <summary>When the current state ends by itself. An open connection has clocks of its own instead.</summary>
    private TimeSpan _deadline;

    /// <summary>The open WebSocket; null before, and for whoever is refused.</summary>
    private Conversation? _conversation;

    private RestartBudget? _restarts;

    public ConnectionActor(Endpoint endpoint, IActorRef source, EndPoint remote, WakeUp wakeUp)
    {
        Endpoint = endpoint;
        Remote = remote;
        _wakeUp = wakeUp;
        Wire = new Wire(source, Self, endpoint);
    }

    public Endpoint Endpoint { get; }

    public EndPoint Remote { get; }

    public Wire Wire { get; }

    public IActorRef Ref => Self;

    /// <summary>Who sent the current message.</summary>
    public IActorRef Asker => Sender;

    public TimeSpan Now => Endpoint.Clock.Now;

    /// <summary>Whether the current state's time is over.</summary>
    public bool IsOver => Now >= _deadline;

    public static Props PropsFor(Endpoint endpoint, IActorRef source, EndPoint remote, WakeUp wakeUp) =>
        Props.Create<ConnectionActor>(endpoint, source, remote, wakeUp);

    // What reception and conversation ask of their actor.

    public new void Become(UntypedReceive state) => base.Become(state);

    public void BecomeUntil(TimeSpan deadline, UntypedReceive state)
    {
        _deadline = deadline;
        _wakeUp.At(deadline);
        base.Become(state);
    }

    public void WakeAt(TimeSpan time) => _wakeUp.At(time);

    public static IActorRef StartHandler(Props props) => Context.ActorOf(props, "handler");

    public void Tell(IActorRef actor, object message) => actor.Tell(message, Self);

    public void TellManager(object message) => Context.Parent.Tell(message, Self);

    /// <summary>The upgrade is done.</summary>
    public void Open(Conversation conversation)
    {
        _conversation = conversation;
        Context.Watch(conversation.Handler);
    }

    /// <summary>Sends our close frame behind what is queued, and waits for the peer's.</summary>
    public void StartClosing(End end)
    {
        Wire.Outbox.AppendClose(end.Code, end.Reason);
        Wire.Flush();
        Wire.ReadOn();
        Become(message => Closing(message, end));
        AwaitPeer();
    }

    /// <summary>More was sent than the queue holds. What it holds may still leave for a while; then it is dropped, so that the close frame can.</summary>
    public void Overflow(End end)
    {
        var dropAt = Now + Endpoint.Options.QueueGrace;
        Wire.ReadOn();
        Become(message => Overflowing(message, end, dropAt));
        AwaitPeer(dropAt);
    }

    /// <summary>
    /// Nothing is said any more: what is queued leaves, then the socket closes. What still comes is discarded, since a reset for
    /// unread bytes would eat what left.
    /// </summary>
    /// <param name="end">How the WebSocket ended; null for whoever never had one.</param>
    public void Leave(End? end)
    {
        Become(message => Leaving(message, end));
        Wire.Flush();
        Wire.ReadOn();
        HangUpWhenEmpty();
    }

    /// <summary>Resets the socket.</summary>
    /// <inheritdoc cref="Leave" path="/param"/>
    public void Abort(End? end)
    {
        Wire.Abort();
        BecomeUntil(Now + Endpoint.Options.CloseTimeout, message => Leaving(message, end));
    }

    /// <param name="message">What the state has no own answer to.</param>
    /// <param name="end">How the WebSocket ends if the socket does; null before there is one.</param>
    public void Otherwise(object message, End? end = null)
    {
        switch (message)
        {
            case Tcp.ConnectionClosed: Finish(end); break;
            case Terminated gone when Wire.IsSource(gone.ActorRef): Finish(end); break;
            case Terminated gone: _conversation?.Lost(gone.ActorRef); break;
            case ByteSource.Written: Wire.FinishWrite(); break;
            case Tcp.CommandFailed: Abort(end); break;
            case Tcp.Received or Tcp.PeerClosed or WakeUp.Tick or Reception.Answered or ActorIdentity or Ws.Close: break; // Too late.
            default: Unhandled(message); break;
        }
    }

    // The actor.

    protected override void PreStart()
    {
        Context.Watch(Wire.Source);
        Wire.Register();
        Wire.ReadOn();
        new Reception(this).Begin();
    }

    protected override void OnReceive(object message) => Unhandled(message);

    /// <summary>Only after a failure of our own, or at the end of the system, is a WebSocket still open here.</summary>
    protected override void PostStop()
    {
        if (_conversation is { IsFinished: false } open)
        {
            Wire.CloseAfterFailure(End.ServerFailed, Context.System.Scheduler);
            open.FinishWithoutChild(End.ServerFailed, Now);
        }

        Wire.Outbox.Abandon();
    }

    // A handler that fails is restarted and the socket lives on, so many times in a window.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _restarts ??= new RestartBudget(Endpoint.Options.MaxHandlerRestarts, Endpoint.Options.HandlerRestartWindow);
        if (cause is not ActorInitializationException && _restarts.TrySpend(Now))
        {
            return Directive.Restart;
        }

        _conversation!.HasHandlerFailed = true;
        return Directive.Stop;
    });

    // The end.

    private void Overflowing(object message, End end, TimeSpan dropAt)
    {
        switch (message)
        {
            case Tcp.Received received when ReadClose(Wire.Take(received)) is { } isClose:
                Wire.Outbox.AppendClose(end.Code, end.Reason);
                Leave(end with { WasClean = isClose });
                break;
            case Tcp.Received: Wire.ReadOn(); break;
            case ByteSource.Written:
                Wire.FinishWrite();
                Wire.Flush();
                AwaitPeerOrClose(end, dropAt);
                break;
            case WakeUp.Tick when Now >= dropAt:
                Wire.Outbox.DropWaiting();
                StartClosing(end);
                break;
            case WakeUp.Tick when IsOver: Abort(end); break;
            case Tcp.PeerClosed: Leave(end); break;
            default: Otherwise(message, end); break;
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
            case Tcp.Received received when ReadClose(Wire.Take(received)) is { } isClose: Leave(end with { WasClean = isClose }); break;
            case Tcp.Received: Wire.ReadOn(); break;
            case ByteSource.Written:
                Wire.FinishWrite();
                Wire.Flush();
                AwaitPeer();
                break;
            case WakeUp.Tick when IsOver: Abort(end); break;
            case Tcp.PeerClosed: Leave(end); break;
            default: Otherwise(message, end); break;
        }
    }

    /// <summary>Of what still comes, only the end counts.</summary>
    /// <returns>True for the peer's close frame, false for a broken rule, null when neither is there yet.</returns>
    private bool? ReadClose(ReadOnlySpan<byte> bytes)
    {
        while (_conversation!.Stream.TryRead(ref bytes, out var fact))
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
            case Tcp.Received received:
                Wire.Take(received);
                Wire.ReadOn();
                break;
            case ByteSource.Written:
                Wire.FinishWrite();
                Wire.Flush();
                HangUpWhenEmpty();
                break;
            // A half-close of the peer makes Akka.IO forget a hang-up that waits for a write.
            case Tcp.PeerClosed: HangUpWhenEmpty(); break;
            case WakeUp.Tick when IsOver: Abort(end); break;
            default: Otherwise(message, end); break;
        }
    }

    private void HangUpWhenEmpty()
    {
        Wire.HangUpWhenEmpty();
        AwaitPeer();
    }

    /// <summary>
    /// The deadline of a connection on its way out: while something is queued, that of the write; then the close timeout. A peer that
    /// is slow, but reads, gets all that was queued for it.
    /// </summary>
    private void AwaitPeer(TimeSpan? dropAt = null)
    {
        _deadline = Wire.WriteSince + Endpoint.Options.WriteTimeout ?? Now + Endpoint.Options.CloseTimeout;
        _wakeUp.At(dropAt < _deadline ? dropAt.Value : _deadline);
    }

    /// <summary>The socket is gone. The handler is told, and a child has time to deal with it.</summary>
    private void Finish(End? end)
    {
        Wire.Outbox.Abandon();
        Context.Unwatch(Wire.Source);
        if (_conversation is not { } open)
        {
            Context.Stop(Self);
            return;
        }

        var how = end ?? End.ServerFailed;
        open.Finish(how, Now);
        Endpoint.Log.Debug("{Connection} closed with {CloseCode}, begun by {Side}", Self.Path.Name, how.Code, how.By);
        if (open.HasChild)
        {
            // Stopping at once would drop the handler's mailbox, Closed and all.
            Tell(open.Handler, PoisonPill.Instance);
            BecomeUntil(Now + Endpoint.Options.CloseTimeout, message => Finishing(message, open));
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void Finishing(object message, Conversation open)
    {
        if ((message is Terminated gone && open.Lost(gone.ActorRef)) || (message is WakeUp.Tick && IsOver))
        {
            Context.Stop(Self);
        }
    }
}
