using Akka.Actor;
using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Taps;

/// <summary>The taps of a node: whether one may start, at most one of a connection, and few in all. One for each actor system.</summary>
/// <param name="isAllowed">The setting <c>admin.allow-tap</c>.</param>
/// <param name="clock">The clock of the taps.</param>
internal sealed class TapsActor(bool isAllowed, Clock clock) : ResilientActor
{
    /// <summary>A tap of a connection of this node.</summary>
    /// <param name="Tap">The tap.</param>
    /// <param name="Route">The route of the connection; null when it is not open.</param>
    internal sealed record Request(Ws.Tap Tap, string? Route) : INoSerializationVerificationNeeded;

    /// <summary>The tap of the sender has ended: the connection may have another.</summary>
    internal sealed record TapHasEnded : INoSerializationVerificationNeeded
    {
        private TapHasEnded()
        {
        }

        public static TapHasEnded Instance { get; } = new();
    }

    /// <summary>Most taps of a node at one time.</summary>
    internal const int MaxTaps = 10;

    internal const string NoSuchConnection = "There is no such open connection.";

    private readonly Dictionary<IActorRef, IActorRef> _taps = [];

    public static Props PropsFor(bool isAllowed, Clock clock) => Props.Create<TapsActor>(isAllowed, clock).WithDeploy(Deploy.Local);

    public static Status.Failure Failure(string reason) => new(new InvalidOperationException(reason));

    /// <summary>An actor that asked for a tap, for the log.</summary>
    public static string NameOf(IActorRef asker) => LogSanitizer.Escaped(asker.Path.ToString());

    /// <summary>The operator, for the log.</summary>
    public static string WhoOf(Ws.Tap tap) => tap.Who is { Length: > 0 } who ? LogSanitizer.Escaped(who) : "no name given";

    // A tap that fails ends: its connection detaches it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Request request when RefusalFor(request) is { } reason: Refuse(request, reason); break;
            case Request request: Start(request); break;
            case Ws.EndTap end when _taps.TryGetValue(end.Connection, out var tap): tap.Forward(TapActor.Cancel.Instance); break;
            case Ws.EndTap: Sender.Tell(Failure("No tap is on this connection."), Self); break;
            case TapHasEnded: Remove(Sender); break;
            case Terminated terminated: Remove(terminated.ActorRef); break;
            default: Unhandled(message); break;
        }
    }

    protected override void Refuse(object message, Exception cause) => AnswerFailure(cause);

    private string? RefusalFor(Request request) => this switch
    {
        _ when !isAllowed => "Taps are off: ws-actors.admin.allow-tap of the connection's node allows them.",
        _ when request.Route is null => NoSuchConnection,
        _ when _taps.ContainsKey(request.Tap.Connection) => "Another tap is on this connection.",
        _ when _taps.Count >= MaxTaps => $"The node has {MaxTaps} taps already.",
        _ => null,
    };

    private void Refuse(Request request, string reason)
    {
        Log.Info(
            "A tap of {Connection} was refused to {Asker} ({Who}): {Reason}",
            LogSanitizer.Escaped(request.Tap.Connection.Path.Name),
            NameOf(Sender),
            WhoOf(request.Tap),
            reason);
        Sender.Tell(Failure(reason), Self);
    }

    private void Start(Request request)
    {
        var tap = Context.ActorOf(TapActor.PropsFor(request, Sender, Log, clock));
        _taps.Add(request.Tap.Connection, Context.Watch(tap));
    }

    private void Remove(IActorRef tap)
    {
        foreach (var (connection, one) in _taps)
        {
            if (one.Equals(tap))
            {
                _taps.Remove(connection);
                return;
            }
        }
    }
}
