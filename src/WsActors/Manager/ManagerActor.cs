using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Connection;
using WsActors.Dispatch;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Settings;
using WsActors.Taps;
using WsActors.Transport.Polling;
using WsActors.Transport.Sockets;

namespace WsActors.Manager;

/// <summary>
/// The manager of a system's WebSocket endpoints: it binds listeners, admits and counts connections, enforces their limits, and sends
/// ticks. Connections are its children. One per system.
/// </summary>
internal sealed class ManagerActor : TickingActor
{
    /// <summary>A <see cref="Ws.Drain"/> within a time: all stages are shortened proportionally if need be.</summary>
    internal sealed record DrainWithin(TimeSpan Time) : INoSerializationVerificationNeeded;

    /// <summary>A drain without lead and spread, with 1001.</summary>
    internal sealed record DrainAtOnce : INoSerializationVerificationNeeded;

    private static readonly TimeSpan RestartWarningInterval = TimeSpan.FromSeconds(30);

    private static readonly Ws.Close GoAway = new(CloseCode.GoingAway, "the server is going away");

    private static readonly Ws.Drain AtOnce = new() { Lead = TimeSpan.Zero, Spread = TimeSpan.Zero };

    private readonly ManagerSettings _settings;
    private readonly EndpointContext.SystemContext _systemContext;
    private readonly ManagerState _state;
    private readonly ConnectionRegistry _connections;
    private readonly ConnectionQueries _queries;
    private readonly LocalQueries _localQueries;
    private readonly UserMessages _userMessages;
    private readonly RefusalLog _refusals;

    /// <summary>Takes the operations of all nodes.</summary>
    private readonly IActorRef _operations;

    /// <summary>Takes the taps of this node's connections.</summary>
    private readonly IActorRef _taps;

    private readonly ListenerRegistry _listeners;

    private readonly ConnectionStarter _starter;

    private readonly List<UnbindOperation> _unbinds;

    public ManagerActor(
        ManagerSettings settings,
        EndpointContext.SystemContext systemContext,
        IActorRef source,
        IActorRef operations,
        IActorRef taps,
        ManagerState state)
        : base(systemContext.Clock, settings.Tick)
    {
        _settings = settings;
        _systemContext = systemContext;
        _state = state;
        _connections = state.Connections;
        _queries = new ConnectionQueries(_connections);
        _userMessages = new UserMessages(_connections, systemContext.Sessions);
        _operations = operations;
        _taps = taps;
        _listeners = state.Listeners ??= new ListenerRegistry(Context, settings, systemContext, source, state.Bound, Log);
        _localQueries = new LocalQueries(_connections, _listeners, systemContext);
        _unbinds = state.Unbinds;
        _refusals = new RefusalLog(Log, settings.MaxRefusalsLoggedPerMinute);
        _starter = new ConnectionStarter(Context, _connections, _listeners, systemContext, _refusals);
    }

    /// <param name="settings">The settings from HOCON.</param>
    /// <param name="systemContext">The parts that all endpoints share.</param>
    /// <param name="source">The byte source of endpoints that name none.</param>
    /// <param name="operations">Takes the operations of all nodes.</param>
    /// <param name="taps">Takes the taps of this node's connections.</param>
    /// <param name="bound">Where the manager lists the endpoints that listen.</param>
    public static Props PropsFor(
        ManagerSettings settings,
        EndpointContext.SystemContext systemContext,
        IActorRef source,
        IActorRef operations,
        IActorRef taps,
        BoundEndpoints bound) =>
        Props.Create<ManagerActor>(settings, systemContext, source, operations, taps, new ManagerState(settings, bound))
            .WithDispatcher(InlineDispatcher.ManagerName)
            .WithMailbox(CompactMailbox.Path);

    // Connections stop with the manager and close with 1011. Listeners continue: sockets wait in the mailbox meanwhile.
    protected override void PreRestart(Exception reason, object message)
    {
        Log.Error(
            "The manager of the WebSockets failed at {Message} and starts again: {Connections} connections are closed with 1011, "
            + "{Endpoints} endpoints keep listening",
            message?.GetType().FullName,
            _connections.Admitted,
            _listeners.Listening.Count);
        if (message is Tcp.Connected or RequestArrived)
        {
            Sender.Tell(Tcp.Abort.Instance);
        }

        _state.RestartAlarm = Context.System.Scheduler.Advanced.ScheduleRepeatedlyCancelable(
            RestartWarningInterval, RestartWarningInterval, LogRestartBlocked);
        base.PreRestart(reason, message);
    }

    // Akka restarts an actor once its children have stopped, and a connection stops once its handler has stopped.
    private void LogRestartBlocked() => Log.Error(
        "The manager of the WebSockets still waits to start again: a connection's handler does not return from a message. "
        + "This node serves nothing until it does; restart the process, and mend that handler");

    protected override void PostRestart(Exception reason)
    {
        _state.RestartAlarm?.Cancel();
        _state.ClearConnections();
        base.PostRestart(reason);
        AdvanceUnbinds();
    }

    // A failed connection is stopped: a restarted parser has lost its position in the stream.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new ChildStoppedSupervisorStrategy(static _ => Directive.Stop, _systemContext.Failures, static () => "A connection");

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Tcp.Connected connected: _starter.Accept(connected, Sender); break;
            case RequestArrived arrived: _starter.Accept(arrived); break;
            case Admission.Request request: Sender.Tell(Decide(request)); break;
            case HandshakeRefused refused: _starter.OnRefused(refused); break;
            case Terminated terminated: RemoveListener(terminated.ActorRef); break;
            case ChildStoppedSupervisorStrategy.ChildStopped stopped: RemoveConnection(stopped.Child); break;
            case Ws.GetHealth: Sender.Tell(Health); break;
            case Ws.GetStats: Sender.Tell(_queries.Count(_listeners, _systemContext.Handshakes, IsDraining)); break;
            case Ws.ListConnections list: Sender.Tell(_queries.List(list)); break;
            case Ws.Kick kick: Sender.Tell(_queries.Kick(kick)); break;
            case GetLocalTotals or ListLocalConnections or ListLocalTopics or ListLocalSessions:
                _localQueries.Answer((Ws.IOperation)message, Sender, Self, IsDraining);
                break;
            case SendToLocalUser send: Sender.Tell(_userMessages.Send(send)); break;
            case Ws.IClusterOperation or Ws.Drain { Node: not null }: _operations.Forward(message); break;
            case Ws.Tap { Connection.Path.Address.HasGlobalScope: true } or Ws.EndTap { Connection.Path.Address.HasGlobalScope: true }:
                _operations.Forward(message);
                break;
            case Ws.Tap tap: _taps.Forward(new TapsActor.Request(tap, _connections.RouteOf(tap.Connection))); break;
            case Ws.EndTap: _taps.Forward(message); break;
            case Ws.Bind bind: Bind(bind); break;
            case Tcp.Bound bound: _listeners.OnBound(bound, Sender, isTooLate: _state.DrainOperation is not null); break;
            case UnhandledMessage unhandled: _listeners.DeferUnhandled(unhandled); break;
            case Tcp.CommandFailed { Cmd: Tcp.Bind, Cause: var cause }: _listeners.OnBindFailed(cause.HasValue ? cause.Value : null); break;
            case HostCommand host: _listeners.Host(host, Sender); break;
            case Ws.Unbind unbind: Unbind(unbind); break;
            case Tcp.Unbound: RemoveListener(Sender); break;
            case Ws.Drain drain: Drain(_settings.Drain.For(drain)); break;
            case DrainAtOnce: Drain(_settings.Drain.For(AtOnce) with { CloseCode = CloseCode.GoingAway }); break;
            case DrainWithin drain: Drain(_settings.Drain.Within(drain.Time, _settings.Tick)); break;
            case SocketListenerActor.OutOfDescriptors: _starter.EvictForDescriptors(); break;
            case Tcp.ConnectionClosed: break; // A refused socket was reset.
            default: base.Handle(message); break;
        }
    }

    protected override void Refuse(object message, Exception cause)
    {
        switch (message)
        {
            case Tcp.Connected or RequestArrived: Sender.Tell(Tcp.Abort.Instance); break;
            case Admission.Request: Sender.Tell(new Admission.Denied("The server failed; its log says why.")); break;
            default: AnswerFailure(cause); break;
        }
    }

    private bool IsDraining => _state.DrainOperation is not null;

    private bool IsAdmitting => _state.DrainOperation is null or { IsAdmitting: true };

    private Ws.Health Health
    {
        get
        {
            if (!FileDescriptors.IsOneLeft())
            {
                _systemContext.Failures.Faults.NotAccepted();
            }

            var bound = _listeners.Listening.Select(static l => l.Local);
            return new()
            {
                Endpoints = [.. bound],
                HostedEndpoints = _listeners.Hosted.Count,
                IsAdmitting = IsAdmitting,
                IsDraining = IsDraining,
                Connections = _connections.Admitted,
                UpgradeFault = _systemContext.Failures.Faults.Current,
            };
        }
    }

    // Connections.

    private object Decide(Admission.Request request)
    {
        // The connection asked before the manager restarted, and has stopped.
        if (!_connections.All.TryGetValue(Sender, out var entry))
        {
            return new Admission.Denied("The connection is not known any more.");
        }

        var isClosing = !IsAdmitting || _unbinds.Exists(unbindOperation => unbindOperation.Covers(entry.Stats.EndpointContext));
        var refusal = isClosing
            ? "The server is shutting down; connect again."
            : _connections.Admit(Sender, request.Client, request.Reserved);
        return refusal is null ? Admission.Granted.Instance : new Admission.Denied(refusal);
    }

    private void RemoveConnection(IActorRef connection)
    {
        _connections.Remove(connection);
        _unbinds.ForEach(unbindOperation => unbindOperation.Remove(connection));
        _state.DrainOperation?.Remove(connection);
        AdvanceUnbinding();
    }

    protected override void OnTick(TimeSpan now)
    {
        var elapsed = _systemContext.Clock.Elapsed;
        foreach (var (connection, entry) in _connections.All)
        {
            entry.WakeUpTime.TellIfDue(connection, now, elapsed);
        }

        foreach (var listener in _listeners.Listening)
        {
            listener.Endpoint.Tls?.RefreshIfDue(_systemContext.Clock);
        }

        _listeners.Rebind(IsDraining);
        _refusals.Advance(now);
        _systemContext.Failures.Advance();
        AdvanceUnbinds();
    }

    // Endpoints.

    private void Bind(Ws.Bind bind)
    {
        if (_state.DrainOperation is null)
        {
            _listeners.Bind(bind, Sender);
        }
        else
        {
            Sender.Tell(PendingBind.RefusedByDrain(bind));
        }
    }

    private void Unbind(Ws.Unbind unbind)
    {
        var listeners = _listeners.BoundTo(unbind.LocalEndPoint);
        listeners.ForEach(static listener => listener.IsUnbinding = true);
        _listeners.CancelBinds(unbind.LocalEndPoint);
        var within = listeners.Count > 0 ? listeners[0].Endpoint.Options.CloseTimeout : TimeSpan.Zero;
        StartUnbind(listeners, within, new Ws.Unbound { LocalEndPoint = unbind.LocalEndPoint });
    }

    private void Drain(DrainSettings settings)
    {
        if (_state.DrainOperation is null)
        {
            Log.Info("Draining: {Connections} connections, then {Endpoints} endpoints", _connections.Admitted, _listeners.Listening.Count);
            _state.DrainOperation = new DrainOperation(settings, _connections, _listeners.Listening, Self, _systemContext);
        }

        _state.DrainOperation.Join(settings, Sender);
        AdvanceUnbinds();
    }

    private void StartUnbind(List<Listener> listeners, TimeSpan within, object answer)
    {
        var connections = _connections.All
            .Where(one => listeners.Exists(l => l.Endpoint == one.Value.Stats.EndpointContext))
            .Select(static one => one.Key)
            .ToList();
        _unbinds.Add(new UnbindOperation(listeners, connections, _systemContext.Clock.Now + within, Sender, answer));
        connections.ForEach(static connection => connection.Tell(GoAway));
        AdvanceUnbinds();
    }

    private void RemoveListener(IActorRef actor)
    {
        _listeners.OnListenerStopped(actor, IsDraining);
        AdvanceUnbinds();
    }

    private void AdvanceUnbinds()
    {
        AdvanceUnbinding();
        _state.DrainOperation?.Advance();
    }

    private void AdvanceUnbinding()
    {
        if (_unbinds.Count > 0)
        {
            _unbinds.RemoveAll(unbindOperation => unbindOperation.Advance(_listeners.Listening, _systemContext.Clock.Now, Self));
        }
    }
}
