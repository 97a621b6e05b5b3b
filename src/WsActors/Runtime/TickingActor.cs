using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>
/// An actor that checks deadlines at an interval, and reports each check to the clock, which notices standstills by them.
/// </summary>
/// <param name="clock">The clock of the deadlines.</param>
/// <param name="interval">The interval.</param>
internal abstract class TickingActor(Clock clock, TimeSpan interval) : ResilientActor
{
    private sealed record Tick : INoSerializationVerificationNeeded
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }

    private ICancelable? _ticks;

    protected override void PreStart() =>
        _ticks = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(interval, interval, Self, Tick.Instance, Self);

    protected override void PostStop() => _ticks?.Cancel();

    /// <summary>Handles a tick; for the messages that the actor does not know.</summary>
    protected override void Handle(object message)
    {
        if (message is Tick)
        {
            OnTick(clock.Tick(interval));
        }
        else
        {
            Unhandled(message);
        }
    }

    /// <summary>Checks the deadlines.</summary>
    /// <param name="now">The time for them.</param>
    protected abstract void OnTick(TimeSpan now);
}
