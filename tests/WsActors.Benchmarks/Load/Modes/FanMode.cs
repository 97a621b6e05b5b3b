
namespace WsActors.Benchmarks.Load.Modes;

/// <inheritdoc cref="LoadKind.Fan"/>
internal sealed class FanMode(LoadRun run) : LoadMode(run)
{
    /// <summary>A round that takes longer has lost something.</summary>
    private const long Patience = 10 * Clock.Second;

    private long _next = long.MaxValue;
    private long _began;
    private int _heard;

    /// <summary>
    /// A server may open a connection shortly before it counts it as a receiver; and nodes exchange memberships by gossip, once a second.
    /// </summary>
    public override long Settling => Run.Options.Ports.Count > 1 ? 5 * Clock.Second : Clock.Second / 2;

    public override void OnAllOpen(long now) => _next = now + Settling;

    public override void OnMessages(LoadConnection connection, int count)
    {
        Run.Done += count;
        _heard += count;
        if (_heard == Run.Connections.Count)
        {
            Run.Times.Record(Clock.Now - _began);
            Begin();
        }
    }

    public override long Act(long now)
    {
        if (now >= _next)
        {
            Begin();
        }

        return _began > 0 && now - _began > Patience
            ? throw new LoadException($"Only {_heard} of {Run.Connections.Count} have received a message that was for all.")
            : _next;
    }

    private void Begin()
    {
        (_next, _began, _heard) = (long.MaxValue, Clock.Now, 0);
        Run.Connections[0].Send(1, _began);
        Run.Connections[0].Sent.Clear();
    }
}
