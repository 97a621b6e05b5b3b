using Akka.Configuration;

namespace WsActors.Manager;

/// <summary>The times of a drain, from its start. None is negative.</summary>
/// <param name="Lead">Upgrades are still taken so long.</param>
/// <param name="Spread">Over so long behind that, connections are closed.</param>
/// <param name="Deadline">Then whatever is left is reset.</param>
/// <param name="CloseCode">What they are closed with.</param>
internal sealed record DrainSettings(TimeSpan Lead, TimeSpan Spread, TimeSpan Deadline, int CloseCode)
{
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
    public DrainSettings Checked() => Deadline > Lead + Spread
        ? this
        : throw new ConfigurationException(
            $"ws-actors.drain.deadline = {Deadline.TotalSeconds}s is not usable: it must be longer than drain.lead and drain.spread together, "
            + $"which are {(Lead + Spread).TotalSeconds}s.");
}
