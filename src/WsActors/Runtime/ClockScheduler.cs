using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>
/// Deadlines of actors that no tick wakes: the scheduler's time goes on while the process stands still, that of the clock does not.
/// </summary>
internal static class ClockScheduler
{
    /// <summary>Tells an actor something once a time is over by the clock.</summary>
    public static ICancelable TellOnce(this Clock clock, IScheduler scheduler, TimeSpan after, IActorRef actor, object message)
    {
        var (end, cancelable) = (clock.Now + after, new Cancelable(scheduler.Advanced));
        scheduler.Advanced.ScheduleOnce(after, TellWhenOver, cancelable);
        return cancelable;

        void TellWhenOver()
        {
            if (clock.Now is var now && now < end)
            {
                scheduler.Advanced.ScheduleOnce(end - now, TellWhenOver, cancelable);
            }
            else
            {
                actor.Tell(message, actor);
            }
        }
    }
}
