using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Runtime;
using WsActors.Settings;

namespace WsActors.Manager;

/// <summary>
/// The node on its way out, told step by step how late it is: it holds no timer. Owned by the manager.
/// <para>
/// Leading (upgrades are taken) → Closing (503; one connection after the other is told to close, each at a time of its own) →
/// Parting (what is left was reset) → Unbinding (with Akka.IO that resets whatever was accepted, so it comes last) → done.
/// </para>
/// </summary>
internal sealed class DrainOperation
{
    private readonly ConnectionRegistry _connections;
    private readonly IReadOnlyList<Listener> _listeners;
    private readonly IActorRef _manager;
    private readonly Clock _clock;
    private readonly Jitter _jitter;
    private readonly Ws.Close _close;

    /// <summary>The actors that are told when the drain is complete.</summary>
    private readonly List<IActorRef> _askers = [];

    /// <summary>Open connections that know of it and were not told to close, by when that is due, as a part of the spread.</summary>
    private readonly PriorityQueue<IActorRef, double> _due = new();

    /// <summary>The connections that were told to close, and the handshakes that will be refused. Later ones are refused and not awaited.</summary>
    private readonly HashSet<IActorRef> _closing = [];

    private readonly TimeSpan _began;

    private TimeSpan _leadEnds;

    private TimeSpan _spreadEnds;

    private TimeSpan _deadline;

    /// <summary>Goes as far as the time allows, and says whether to go on with the next stage at once.</summary>
    private Func<TimeSpan, bool> _stage;

    /// <summary>The number of closed connections, and the number of resets among them.</summary>
    private (int Closed, int Aborted) _count;

    public DrainOperation(DrainSettings settings, ConnectionRegistry connectionRegistry, IReadOnlyList<Listener> listeners, IActorRef manager, EndpointContext.SystemContext systemContext)
    {
        (_connections, _listeners, _manager, _clock, _jitter) = (connectionRegistry, listeners, manager, systemContext.Clock, systemContext.Jitter);
        _close = new Ws.Close(settings.CloseCode, "the server is going away; connect again");
        _began = _clock.Now;

        // The lead is for those whom a balancer still sends. With nobody here, none of it is felt, and a person at a terminal need not wait.
        var lead = connectionRegistry.All.Count > 0 ? settings.Lead : TimeSpan.Zero;
        (_leadEnds, _spreadEnds, _deadline) = (_began + lead, _began + lead + settings.Spread, _began + settings.Deadline);
        _stage = Lead;
    }

    /// <summary>Whether upgrades are still taken.</summary>
    public bool IsAdmitting => _stage == Lead;

    public bool IsDone { get; private set; }

    /// <summary>One more asks for it: the answer is the same for all, and of every time the shorter one holds.</summary>
    public void Join(DrainSettings settings, IActorRef asker)
    {
        if (IsDone)
        {
            Answer(asker);
            return;
        }

        _askers.Add(asker);
        var now = _clock.Now;
        var (leadEnds, spreadEnds) = (Earlier(_leadEnds, now + settings.Lead), Earlier(_spreadEnds, now + settings.Lead + settings.Spread));
        var isEarlier = leadEnds < _leadEnds || spreadEnds < _spreadEnds;
        (_leadEnds, _spreadEnds, _deadline) = (leadEnds, spreadEnds, Earlier(_deadline, now + settings.Deadline));
        if (isEarlier)
        {
            foreach (var (connection, part) in _due.UnorderedItems)
            {
                TellWhen(connection, part);
            }
        }
    }

    /// <summary>One has gone. During the lead that changes nothing, and looks at nobody else.</summary>
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

    /// <summary>Goes on as far as it can.</summary>
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
        while (_due.TryPeek(out var connection, out var part) && now >= CloseAt(part))
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

    /// <summary>Gives every open connection that has none a time to close at, and tells it so that its handler may finish.</summary>
    private void Announce()
    {
        foreach (var (connection, entry) in _connections.All)
        {
            if (entry is { IsToldOfDrain: false, Stats.Identity: not null })
            {
                entry.IsToldOfDrain = true;
                var part = _jitter.Draw();
                _due.Enqueue(connection, part);
                TellWhen(connection, part);
            }
        }
    }

    private void TellWhen(IActorRef connection, double part)
    {
        var closesAt = CloseAt(part);
        connection.Tell(new Ws.Draining(connection, _clock.Date + (closesAt - _clock.Now)), _manager);
    }

    private TimeSpan CloseAt(double part) => _leadEnds + ((_spreadEnds - _leadEnds) * part);

    private void Answer(IActorRef asker) => asker.Tell(new Ws.Drained(_count.Closed, _count.Aborted), _manager);

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
