using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Topics;

namespace WsActors.Client;

/// <summary>
/// A client that reconnects: a stable reference with one connection at a time as its child. It forwards commands to the connection. The
/// connection tells the handler its events directly, with this actor as the sender.
/// </summary>
internal sealed class ReconnectingClientActor : UntypedActor
{
    /// <summary>Closes the current connection; a new one follows.</summary>
    internal sealed record Replace(Ws.Close Close) : INoSerializationVerificationNeeded;

    /// <summary>The name of the connection's actor.</summary>
    public const string ConnectionName = "connection";

    // Connecting --connection stopped--> Waiting --delay over--> Connecting
    //     \--closed, or handler stopped--> Closing --connection stopped--> Stopping --own handler stopped--> (stopped)
    //     \--final failure--> Stopping
    // Waiting --closed, or handler stopped--> Stopping

    private readonly ClientEndpointContext _client;
    private readonly WakeUpTime _wakeUpTime;
    private readonly Backoff _backoff;
    private readonly IActorRef _handler;

    /// <summary>The session whose connections these are, and which handlers see instead of them; null without a session.</summary>
    private readonly IActorRef? _session;

    private readonly HandlerContext _handlerContext = new();

    /// <summary>The time at which the current connection opened; null before.</summary>
    private TimeSpan? _opened;

    /// <summary>Whether a connection has opened: from then on the handler is told a final failure, not the parent.</summary>
    private bool _hasBeenOpen;

    public ReconnectingClientActor(ClientEndpointContext client, WakeUpTime wakeUpTime, IActorRef? session)
    {
        (_client, _wakeUpTime, _session) = (client, wakeUpTime, session);
        _backoff = new Backoff(client.Options.Reconnect, client.Jitter);
        _handler = session
            ?? client.Asked.Handler
            ?? Context.ActorOf(HandlerProps.Wrap(client.Asked.HandlerProps!, _handlerContext, Context.System), "handler");
    }

    /// <param name="client">The context of its connections.</param>
    /// <param name="wakeUpTime">The wake-up time, which it sets.</param>
    /// <param name="session">The parent, if that has a session: the handler of each connection, and the reference that handlers
    /// see.</param>
    public static Props PropsFor(ClientEndpointContext client, WakeUpTime wakeUpTime, IActorRef? session = null)
    {
        var props = session is null
            ? Props.Create<ReconnectingClientActor>(client, wakeUpTime, null)
            : Props.Create<ReconnectingClientActor>(client, wakeUpTime, session);
        return props.WithDeploy(Deploy.Local);
    }

    private bool OwnsHandler => (_session ?? _client.Asked.Handler) is null;

    private TimeSpan Now => _client.Clock.Now;

    protected override void PreStart()
    {
        Context.Watch(_handler);
        Connect();
    }

    // Returns the window in every state, as a connection does.
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is not DeliveryWindow)
        {
            return base.AroundReceive(receive, message);
        }

        Sender.Tell(message, Self);
        return true;
    }

    protected override void OnReceive(object message) => Unhandled(message);

    // A failing connection is stopped, and a new one follows. A failing handler is restarted; when it fails too often, the connection
    // closes.
    protected override SupervisorStrategy SupervisorStrategy()
    {
        var ofHandler = HandlerSupervision.For(
            _client,
            () => null,
            onFailed: static isRestarted =>
            {
                if (!isRestarted)
                {
                    Context.Child(ConnectionName).Tell(new Ws.Close(CloseCode.InternalError, "the handler failed"));
                }
            });
        return new FailureLogSupervisorStrategy(
            cause => Sender.Equals(_handler) ? ofHandler.Decider.Decide(cause) : Directive.Stop,
            _client.Failures,
            () => HandlerSupervision.NameOf(_client, _client.Asked.Name));
    }

    private void Connect()
    {
        var dialed = new DialedConnection(_client, _handler, PublicRef: Self, _handlerContext) { Session = _session };
        var connection = Context.ActorOf(ConnectionProps.Create(dialed, _wakeUpTime, new ConnectionStats(_client)), ConnectionName);
        Context.Watch(connection);
        _opened = null;
        Become(message => Connecting(message, connection, lost: null));
    }

    /// <param name="message">The message.</param>
    /// <param name="connection">The connection, in any state.</param>
    /// <param name="lost">The reason of its end; null until it is told.</param>
    private void Connecting(object message, IActorRef connection, Lost? lost)
    {
        switch (message)
        {
            case Ws.Connected:
                _opened = Now;
                _hasBeenOpen = true;
                TellParent(message);
                break;
            case Ws.ConnectFailed failed: Become(next => Connecting(next, connection, Lost.From(failed))); break;
            case DialedConnection.Ended ended: Become(next => Connecting(next, connection, Lost.From(ended.Outcome))); break;
            case Terminated gone when gone.ActorRef.Equals(connection): OnConnectionLost(lost ?? Lost.ByFailure); break;
            case Terminated: StartClosing(connection, lost); break; // The handler; the connection watches it, too.
            case Ws.Close or ConnectionActor.Abort:
                connection.Forward(message);
                StartClosing(connection, lost);
                break;
            case Replace replace: connection.Tell(replace.Close, Self); break;
            default: connection.Forward(message); break;
        }
    }

    private void OnConnectionLost(Lost lost)
    {
        if (_opened is { } opened)
        {
            _backoff.WasOpen(Now - opened);
        }

        if (lost.IsFinal)
        {
            if (lost.Failure is { } failure)
            {
                TellFailure(failure);
            }

            StartStopping();
            return;
        }

        var delay = _backoff.Next(lost.Failure?.RetryAfter, lost.IsExpired);
        _client.Log.Debug("{Client} connects again in {Delay}, attempt {Attempt}", Self.Path.Name, delay, _backoff.Attempts);
        _handler.Tell(new Ws.Reconnecting { Connection = Self, Attempt = _backoff.Attempts, Delay = delay, Reason = lost.Reason }, Self);
        if (delay == TimeSpan.Zero)
        {
            Connect();
            return;
        }

        var due = Now + delay;
        _wakeUpTime.Set(due);
        Become(message => Waiting(message, due));
    }

    private void Waiting(object message, TimeSpan due)
    {
        switch (message)
        {
            case WakeUpTime.Tick when Now >= due: Connect(); break;
            case WakeUpTime.Tick or Replace or StashReport or ActorIdentity: break; // Of the closed connection.
            case Ws.Send send: send.Refuse(Context, Ws.SendFailure.Closed); break;
            case Ws.Renew: Renewal.TellFailed(Sender, _session ?? Self, Renewal.OfClient); break;
            case Ws.Close or ConnectionActor.Abort:
                TellParent(_client.Failed(ClientOpeningHandshake.ClosedEarly));
                StartStopping();
                break;
            case Terminated: // The handler.
                TellParent(_client.Failed("its handler has stopped"));
                StartStopping();
                break;
            case Ws.ICommand or Ws.IEvent or Ws.IOperation: Unhandled(message); break;
            default: _client.UnknownMessages.Write(Self, message); break;
        }
    }

    private void StartClosing(IActorRef connection, Lost? lost)
    {
        if (lost?.Failure is { } failure)
        {
            TellParent(failure);
        }

        Become(message => Closing(message, connection));
    }

    private void Closing(object message, IActorRef connection)
    {
        switch (message)
        {
            case Ws.Connected or Ws.ConnectFailed: TellParent(message); break;
            case DialedConnection.Ended: break;
            case Terminated gone when gone.ActorRef.Equals(connection): StartStopping(); break;
            case Terminated: break;
            default: connection.Forward(message); break;
        }
    }

    /// <summary>Stops, after its own handler has handled its mailbox.</summary>
    private void StartStopping()
    {
        if (!OwnsHandler || Context.Child("handler").IsNobody())
        {
            Context.Stop(Self);
            return;
        }

        _handler.Tell(PoisonPill.Instance, Self);
        var deadline = Now + _client.Options.CloseTimeout;
        _wakeUpTime.Set(deadline);
        Become(message => Stopping(message, deadline));
    }

    private void Stopping(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Terminated gone when gone.ActorRef.Equals(_handler): Context.Stop(Self); break;
            case WakeUpTime.Tick when Now >= deadline: Context.Stop(Self); break;
            case Ws.Send send: send.Refuse(Context, Ws.SendFailure.Closed); break;
        }
    }

    private void TellFailure(Ws.ConnectFailed failure)
    {
        if (_hasBeenOpen)
        {
            _handler.Tell(failure, Self);
        }
        else
        {
            TellParent(failure);
        }
    }

    private void TellParent(object message) => Context.Parent.Tell(message, Self);

    /// <summary>The reason why a connection was lost or never opened.</summary>
    /// <param name="Reason">One sentence.</param>
    /// <param name="IsFinal">Whether another attempt cannot change it.</param>
    /// <param name="Failure">The failure of a connection that never opened; null when it opened.</param>
    private sealed record Lost(string Reason, bool IsFinal = false, Ws.ConnectFailed? Failure = null)
    {
        /// <summary>Whether only the authentication had expired: the next attempt has new credentials, and need not wait.</summary>
        public bool IsExpired { get; private init; }

        public static Lost ByFailure { get; } = new("The connection failed with an exception; see the log.");

        public static Lost From(Ws.ConnectFailed failure) => new(failure.Reason, failure.IsFinal, failure);

        // RFC 6455 §7.4.1: with 1000 the purpose of the connection is fulfilled.
        public static Lost From(CloseOutcome closeOutcome) => new(
            closeOutcome.Code == CloseCode.Abnormal
                ? "The connection broke."
                : $"The connection was closed with {closeOutcome.Code} by the {(closeOutcome.By == Ws.Side.Peer ? "server" : "client")}.",
            IsFinal: closeOutcome is { Code: CloseCode.Normal, By: Ws.Side.Peer })
        {
            IsExpired = closeOutcome is { Code: Ws.ExpiredCode, By: Ws.Side.Peer },
        };
    }
}
