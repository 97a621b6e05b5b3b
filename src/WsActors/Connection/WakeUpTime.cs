using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Connection;

/// <summary>
/// The next deadline of a connection, client or session. The actor writes it, its parent's <see cref="TickingActor"/> reads it and sends
/// <see cref="Tick"/> to actors that are due. A tick to every connection was measured at 1 % of a core for 5,000; this costs nothing.
/// </summary>
internal sealed class WakeUpTime
{
    private long _at = long.MaxValue;

    /// <summary>The next deadline that standstills of the process do not move.</summary>
    private long _atElapsed = long.MaxValue;

    public void Set(TimeSpan time) => Volatile.Write(ref _at, time.Ticks);

    /// <summary>Sets a second deadline, by the time with standstills (<see cref="Clock.Elapsed"/>).</summary>
    public void SetElapsed(TimeSpan time) => Volatile.Write(ref _atElapsed, time.Ticks);

    /// <summary>Sends the actor a <see cref="Tick"/> if one of its deadlines has passed.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="now">The time of deadlines.</param>
    /// <param name="elapsed">The time with standstills; zero where no actor has the second deadline.</param>
    public void TellIfDue(IActorRef actor, TimeSpan now, TimeSpan elapsed = default)
    {
        if (Volatile.Read(ref _at) <= now.Ticks || Volatile.Read(ref _atElapsed) <= elapsed.Ticks)
        {
            actor.Tell(Tick.Instance);
        }
    }

    /// <summary>The message to an actor that is due.</summary>
    internal sealed record Tick : INoSerializationVerificationNeeded
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
