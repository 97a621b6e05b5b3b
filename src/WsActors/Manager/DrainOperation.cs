using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Settings;

namespace WsActors.Manager;

/// <summary>
/// The drain of a node, advanced step by step by its owner: it holds no timer. Owned by the manager.
/// <para>
/// Lead (upgrades are still accepted) → Close (503; each connection is told to close at a time of its own) → AwaitAborted (the rest
/// was reset) → Unbind (last, since with Akka.IO it resets all accepted sockets) → done.
/// </para>
/// </summary>
internal sealed class DrainOperation
{
    private readonly ConnectionRegistry _connections;
    private readonly IReadOnlyList<Listener> _listeners;
    private readonly IActorRef _manager;
    private readonly Clock _clock;
    private readonly Jitter _jitter;
    private Ws.Close _close;

    /// <summary>The actors that are told when the drain is complete.</summary>
    private readonly List<IActorRef> _askers = [];

    /// <summary>
    /// Open connections that were told <see cref="Ws.Draining"/> and not to close yet, ordered by the fraction of the spread at which they
    /// close.
    /// </summary>
    private readonly PriorityQueue<IActorRef, double> _due = new();

    /// <summary>
    /// The connections that were told to close, and the handshakes that will be refused. Later handshakes are refused and not awaited.
    /// </summary>
    private readonly HashSet<IActorRef> _closing = [];

    private readonly TimeSpan _startedAt;

    private TimeSpan _leadEnds;

    private TimeSpan _spreadEnds;

    private TimeSpan _deadline;

    /// <summary>Runs the current stage; returns true when the next stage can start at once.</summary>
    private Func<TimeSpan, bool> _stage;

    /// <summary>The number of closed connections, and of resets among them.</summary>
    private (int Closed, int Aborted) _count;

    public DrainOperation(
        DrainSettings settings,
        ConnectionRegistry connectionRegistry,
        IReadOnlyList<Listener> listeners,
        IActorRef manager,
        EndpointContext.SystemContext systemContext)
    {
        (_connections, _listeners, _manager) = (connectionRegistry, listeners, manager);
        (_clock, _jitter) = (systemContext.Clock, systemContext.Jitter);
        _close = new Ws.Close(settings.CloseCode, "the server is going away; connect again");
        _startedAt = _clock.Now;

        // The lead is for clients that a balancer still sends. Without connections it is skipped: a person at a terminal need not wait. An
        // admitted connection that is not open counts as none: it has closed, or its guard has not answered.
        var hasConnections = connectionRegistry.All.Values.Any(static entry => !entry.IsAdmitted || entry.Stats.Identity is not null);
        var lead = hasConnections ? settings.Lead : TimeSpan.Zero;
        (_leadEnds, _spreadEnds, _deadline) = (_startedAt + lead, _startedAt + lead + settings.Spread, _startedAt + settings.Deadline);
        _stage = Lead;
    }

    /// <summary>Whether upgrades are still accepted.</summary>
    public bool IsAdmitting => _stage == Lead;

    public bool IsDone { get; private set; }

    /// <summary>
    /// Adds a sender that awaits the same drain. Of each time the earlier one applies. Connections that were not told to close yet close
    /// with 1001 if one of the drains says so.
    /// </summary>
    public void Join(DrainSettings settings, IActorRef asker)
    {
        if (IsDone)
        {
            Answer(asker);
            return;
        }

        _askers.Add(asker);
        _close = settings.CloseCode == CloseCode.GoingAway ? new Ws.Close(CloseCode.GoingAway, _close.Reason) : _close;
        var now = _clock.Now;
        var leadEnds = Earlier(_leadEnds, now + settings.Lead);
        var spreadEnds = Earlier(_spreadEnds, now + settings.Lead + settings.Spread);
        var isEarlier = leadEnds < _leadEnds || spreadEnds < _spreadEnds;
        (_leadEnds, _spreadEnds, _deadline) = (leadEnds, spreadEnds, Earlier(_deadline, now + settings.Deadline));
        if (isEarlier)
        {
            foreach (var (connection, fraction) in _due.UnorderedItems)
            {
                TellDraining(connection, fraction);
            }
        }
    }

    /// <summary>Removes a connection that has ended. During the lead that changes nothing.</summary>
    public void Remove(IActorRef connection)
    {
        _closing.Remove(connection);
        if (!IsAdmitting)
        {
            Advance();
        }
    }

    public void Clear()
    {
        _closing.Clear();
        _due.Clear();
    }

    /// <summary>Advances as many stages as possible.</summary>
    public void Advance()
    {
        while (!IsDone && _stage(_clock.Now))
        {
        }
    }

    private bool Lead(TimeSpan now)
    {
        Announce();
        if (now < _leadEnds)
        {
            return false;
        }

        foreach (var (connection, entry) in _connections.All)
        {
            _closing.Add(connection);
            if (entry.Stats.Identity is null)
            {
                connection.Tell(_close, _manager);
            }
        }

        _stage = Close;
        return true;
    }

    private bool Close(TimeSpan now)
    {
        while (_due.TryPeek(out var connection, out var fraction) && now >= CloseAt(fraction))
        {
            _due.Dequeue();
            if (_closing.Contains(connection))
            {
                _count.Closed++;
                connection.Tell(_close, _manager);
            }
        }

        if (_closing.Count > 0 && now < _deadline)
        {
            return false;
        }

        _count.Aborted = _closing.Count;
        foreach (var connection in _closing)
        {
            connection.Tell(ConnectionActor.Abort.Instance, _manager);
        }

        _stage = AwaitAborted;
        return true;
    }

    private bool AwaitAborted(TimeSpan now)
    {
        if (_closing.Count > 0 && now < _deadline + DrainSettings.AbortGrace)
        {
            return false;
        }

        foreach (var listener in _listeners)
        {
            listener.Source.Tell(Tcp.Unbind.Instance, _manager);
        }

        _stage = Unbind;
        return true;
    }

    private bool Unbind(TimeSpan now)
    {
        IsDone = _listeners.Count == 0;
        if (IsDone)
        {
            _askers.ForEach(Answer);
        }

        return IsDone;
    }

    /// <summary>
    /// Draws the closing time of every open connection without one, and tells it <see cref="Ws.Draining"/>, so that its handler may finish.
    /// </summary>
    private void Announce()
    {
        foreach (var (connection, entry) in _connections.All)
        {
            if (entry is { IsToldOfDrain: false, Stats.Identity: not null })
            {
                entry.IsToldOfDrain = true;
                var fraction = _jitter.Draw();
                _due.Enqueue(connection, fraction);
                TellDraining(connection, fraction);
            }
        }
    }

    private void TellDraining(IActorRef connection, double fraction)
    {
        var closesAt = CloseAt(fraction);
        connection.Tell(new Ws.Draining { Connection = connection, Deadline = _clock.Date + (closesAt - _clock.Now) }, _manager);
    }

    private TimeSpan CloseAt(double fraction) => _leadEnds + ((_spreadEnds - _leadEnds) * fraction);

    private void Answer(IActorRef asker) => asker.Tell(new Ws.Drained { Closed = _count.Closed, Aborted = _count.Aborted }, _manager);

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
