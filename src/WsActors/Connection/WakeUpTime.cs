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

    public void Set(TimeSpan time) => Volatile.Write(ref _at, time.Ticks);

    /// <summary>Sends the actor a <see cref="Tick"/> if its deadline has passed.</summary>
    public void TellIfDue(IActorRef actor, TimeSpan now)
    {
        if (Volatile.Read(ref _at) <= now.Ticks)
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
