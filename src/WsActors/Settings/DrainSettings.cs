using Akka.Configuration;

namespace WsActors.Settings;

/// <summary>The times of a drain, from its start: <c>ws-actors.drain</c>. None is negative.</summary>
internal sealed record DrainSettings
{
    public static SettingTable<DrainSettings> Table { get; } = new()
    {
        {
            "drain.lead", OffOrDuration, static s => OffIfZero(s.Lead), static (s, v) => s with { Lead = v ?? TimeSpan.Zero },
            "Upgrades are still taken this long, while balancers notice; then 503."
        },
        {
            "drain.spread", OffOrDuration, static s => OffIfZero(s.Spread), static (s, v) => s with { Spread = v ?? TimeSpan.Zero },
            "After that, connections are closed over this time, each at a random moment."
        },
        {
            "drain.deadline", DurationKind.Any, static s => s.Deadline, static (s, v) => s with { Deadline = v },
            "From the start of the drain; past it a reset. Longer than `lead` and `spread` together."
        },
        {
            "drain.close-code", new WordKind<int>(("1012", 1012), ("1001", 1001)),
            static s => s.CloseCode, static (s, v) => s with { CloseCode = v },
            "The code that connections are closed with: the server restarts, or goes away."
        },
    };

    /// <summary>Upgrades are still taken in this time.</summary>
    public TimeSpan Lead { get; init; }

    /// <summary>Connections are closed over this time, after the lead.</summary>
    public TimeSpan Spread { get; init; }

    /// <summary>Connections that are left are reset then.</summary>
    public TimeSpan Deadline { get; init; }

    /// <summary>The code that connections are closed with.</summary>
    public int CloseCode { get; init; }

    /// <summary>After the deadline, for what was reset to say goodbye to its handler, and for the endpoints to unbind.</summary>
    public static TimeSpan AbortGrace { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest duration: the deadline, the grace after it, and the ticks that notice both.</summary>
    public TimeSpan TotalTime(TimeSpan tick) => Deadline + AbortGrace + (3 * tick);

    /// <summary>The same in so much time, if that is less: every part is shortened alike.</summary>
    public DrainSettings Within(TimeSpan time, TimeSpan tick)
    {
        var deadline = time - (TotalTime(tick) - Deadline);
        if (deadline >= Deadline)
        {
            return this;
        }

        deadline = deadline > TimeSpan.Zero ? deadline : TimeSpan.Zero;
        var share = deadline / Deadline;
        return this with { Lead = Lead * share, Spread = Spread * share, Deadline = deadline };
    }

    /// <summary>The same with what a message asks for. Those that do not answer keep the time they have.</summary>
    public DrainSettings For(Ws.Drain drain)
    {
        var (lead, spread) = (drain.Lead ?? Lead, drain.Spread ?? Spread);
        return this with { Lead = lead, Spread = spread, Deadline = Deadline - Lead - Spread + lead + spread };
    }

    /// <exception cref="ConfigurationException">There would be no time for those that do not answer.</exception>
    public void Check()
    {
        if (Deadline <= Lead + Spread)
        {
            throw new ConfigurationException(
                $"ws-actors.drain.deadline = {Deadline.TotalSeconds}s is not usable: it must be longer than drain.lead and "
                + $"drain.spread together, which are {(Lead + Spread).TotalSeconds}s.");
        }
    }

    private static OffKind<TimeSpan> OffOrDuration => new(DurationKind.Any);

    private static TimeSpan? OffIfZero(TimeSpan time) => time == TimeSpan.Zero ? null : time;
}
