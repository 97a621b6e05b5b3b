using WsActors.Runtime;

namespace WsActors.Benchmarks.Load.Modes;

/// <summary>What a kind of load does when something happens.</summary>
internal abstract class LoadMode(LoadRun run)
{
    protected LoadRun Run { get; } = run;

    public static LoadMode Of(LoadRun run) => run.Options.Kind switch
    {
        LoadKind.Echo => new EchoMode(run),
        LoadKind.Paced => new PacedMode(run),
        LoadKind.Storm => new StormMode(run),
        LoadKind.Idle => new IdleMode(run),
        LoadKind.Fan => new FanMode(run),
        _ => throw new ArgumentOutOfRangeException(nameof(run), run.Options.Kind, "No such load."),
    };

    /// <summary>How long nothing is done once all connections are open. Nothing of it is measured.</summary>
    public virtual long Settling => 0;

    /// <summary>A connection has opened.</summary>
    public virtual void OnOpen(LoadConnection connection)
    {
    }

    /// <summary>All connections have opened.</summary>
    public virtual void OnAllOpen(long now)
    {
    }

    /// <summary>Messages have come, one at least, and were as expected.</summary>
    public abstract void OnMessages(LoadConnection connection, int count);

    /// <summary>A connection has ended, or went wrong: an error, unless a kind of load has asked for it.</summary>
    public virtual void OnEnd(LoadConnection connection)
    {
        Run.Errors++;
        connection.Dispose();
    }

    /// <summary>Does what is due.</summary>
    /// <returns>When it wants to be called next, at the latest.</returns>
    public virtual long Act(long now) => long.MaxValue;

    /// <summary>Counts messages that came back, and their times.</summary>
    protected void Count(LoadConnection connection, int count)
    {
        var now = Clock.Now;
        Run.Done += count;
        for (var i = 0; i < count; i++)
        {
            Run.Times.Record(now - connection.Sent.Dequeue());
        }
    }
}
