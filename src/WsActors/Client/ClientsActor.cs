using Akka;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Runtime;

namespace WsActors.Client;

/// <summary>
/// The parent of all clients of a system: connections, clients that reconnect, and clients with a session. Answers <c>Ws.Connect</c>, ticks
/// the clients that are due, and closes all of them at the shutdown. One a system.
/// </summary>
internal sealed class ClientsActor : TickingActor
{
    /// <summary>
    /// Closes every client with 1001, refuses new ones, and resets those left after a time. Answered with <see cref="Done"/>.
    /// </summary>
    internal sealed record CloseAll(TimeSpan Within) : INoSerializationVerificationNeeded;

    /// <summary>Ends a client whose <c>Ws.Connect</c> nobody waits for any more, in whatever state it is.</summary>
    /// <param name="Connect">The message itself.</param>
    internal sealed record Cancel(Ws.Connect Connect) : INoSerializationVerificationNeeded;

    private static readonly Ws.Close GoAway = new(CloseCode.GoingAway, "the client is going away");

    private readonly ClientOptions _options;
    private readonly EndpointContext.SystemContext _systemContext;
    private readonly Dictionary<IActorRef, Entry> _clients = [];

    /// <summary>The senders of <c>CloseAll</c> that wait for an answer.</summary>
    private readonly List<IActorRef> _closers = [];

    /// <summary>The time at which open connections are reset; null before <c>CloseAll</c>.</summary>
    private TimeSpan? _resetAt;

    public ClientsActor(ClientOptions options, TimeSpan tick, EndpointContext.SystemContext systemContext)
        : base(systemContext.Clock, tick) => (_options, _systemContext) = (options, systemContext);

    public static Props PropsFor(ClientOptions options, TimeSpan tick, EndpointContext.SystemContext systemContext) =>
        Props.Create<ClientsActor>(options, tick, systemContext);

    protected override void PostStop()
    {
        base.PostStop();

        // Answers the senders that still wait: their connections stop with this actor.
        foreach (var entry in _clients.Values)
        {
            entry.AnswerFailed();
        }
    }

    // A failing connection is stopped, not restarted: a new parser would start in the middle of the bytes.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new FailureLogSupervisorStrategy(static _ => Directive.Stop, _systemContext.Failures, static () => "A client");

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Ws.Connect connect: Connect(connect); break;
            case Ws.Connected or Ws.ConnectFailed: Answer(message); break;
            case Terminated gone: RemoveClient(gone.ActorRef); break;
            case Cancel cancel: CancelClient(cancel.Connect); break;
            case CloseAll close: Close(close.Within); break;
            default: base.Handle(message); break;
        }
    }

    protected override void Refuse(object message, Exception cause)
    {
        switch (message)
        {
            case Ws.Connect connect: Sender.Tell(new Ws.ConnectFailed { Uri = connect.Uri, Reason = cause.Message }); break;
            default: AnswerFailure(cause); break;
        }
    }

    private void Connect(Ws.Connect connect)
    {
        ClientEndpointContext client;
        try
        {
            client = new ClientEndpointContext(connect, connect.Configure(_options), Context.System, _systemContext);
        }
        // Configure is user code: its exception is the answer, and must not end the connections of others.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Sender.Tell(new Ws.ConnectFailed { Uri = connect.Uri, Reason = e.Message, IsFinal = true });
            return;
        }

        if (_resetAt is not null)
        {
            Sender.Tell(client.Failed("this system is shutting down; connect from another", isFinal: true));
            return;
        }

        var wakeUpTime = new WakeUpTime();
        var started = Context.ActorOf(client.Options switch
        {
            { Session.Enabled: true } => SessionClientActor.PropsFor(client, wakeUpTime),
            { Reconnect.Enabled: true } => ReconnectingClientActor.PropsFor(client, wakeUpTime),
            _ => ConnectionProps.Create(
                new DialedConnection(client, connect.Handler, PublicRef: null), wakeUpTime, new ConnectionStats(client)),
        });
        Context.Watch(started);
        _clients.Add(started, new Entry(client, wakeUpTime) { Asker = Sender });
    }

    private void Answer(object answer)
    {
        if (_clients.TryGetValue(Sender, out var entry))
        {
            entry.Asker?.Tell(answer);
            entry.Asker = null;
        }
    }

    private void CancelClient(Ws.Connect connect)
    {
        foreach (var (client, entry) in _clients.Where(one => ReferenceEquals(one.Value.Client.Asked, connect)))
        {
            entry.AnswerFailed("it was cancelled");
            client.Tell(new Ws.Close());
        }
    }

    private void RemoveClient(IActorRef client)
    {
        if (_clients.Remove(client, out var entry))
        {
            entry.AnswerFailed();
        }

        AnswerClosers();
    }

    protected override void OnTick(TimeSpan now)
    {
        foreach (var (client, entry) in _clients)
        {
            entry.WakeUpTime.TellIfDue(client, now);
            if (now >= _resetAt)
            {
                client.Tell(ConnectionActor.Abort.Instance);
            }
        }
    }

    private void Close(TimeSpan within)
    {
        _closers.Add(Sender);
        _resetAt ??= _systemContext.Clock.Now + within;
        foreach (var client in _clients.Keys)
        {
            client.Tell(GoAway);
        }

        AnswerClosers();
    }

    private void AnswerClosers()
    {
        if (_clients.Count == 0)
        {
            _closers.ForEach(static closer => closer.Tell(Done.Instance));
            _closers.Clear();
        }
    }

    private sealed class Entry(ClientEndpointContext client, WakeUpTime wakeUpTime)
    {
        public ClientEndpointContext Client { get; } = client;

        public WakeUpTime WakeUpTime { get; } = wakeUpTime;

        /// <summary>The sender that waits for the outcome; null once it was told.</summary>
        public IActorRef? Asker { get; set; }

        /// <summary>The connection ended without an answer.</summary>
        /// <param name="cause">The cause, as the rest of a sentence.</param>
        public void AnswerFailed(string cause = "the client failed with an exception; see the log")
        {
            Asker?.Tell(Client.Failed(cause));
            Asker = null;
        }
    }
}
