
namespace WsActors.Benchmarks.Load.Modes;

/// <summary>The behavior of a kind of load at each event.</summary>
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

    /// <summary>The unmeasured pause after all connections are open.</summary>
    public virtual long Settling => 0;

    /// <summary>A connection has opened.</summary>
    public virtual void OnOpen(LoadConnection connection)
    {
    }

    /// <summary>All connections have opened.</summary>
    public virtual void OnAllOpen(long now)
    {
    }

    /// <summary>One or more messages have arrived, as expected.</summary>
    public abstract void OnMessages(LoadConnection connection, int count);

    /// <summary>A connection has ended or failed: an error, unless the load expects it.</summary>
    public virtual void OnEnd(LoadConnection connection)
    {
        Run.Errors++;
        connection.Dispose();
    }

    /// <summary>Performs the work that is due.</summary>
    /// <returns>The time of the next call, at the latest.</returns>
    public virtual long Act(long now) => long.MaxValue;

    /// <summary>Counts echoes and their times.</summary>
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
