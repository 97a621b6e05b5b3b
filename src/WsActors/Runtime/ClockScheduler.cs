using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>Deadlines of actors without ticks. The scheduler's time passes during a standstill, the clock's does not.</summary>
internal static class ClockScheduler
{
    /// <summary>Sends an actor a message once a time has passed by the clock.</summary>
    public static ICancelable TellOnce(this Clock clock, IScheduler scheduler, TimeSpan after, IActorRef actor, object message)
    {
        var (end, cancelable) = (clock.Now + after, new Cancelable(scheduler.Advanced));
        scheduler.Advanced.ScheduleOnce(after, TellWhenDue, cancelable);
        return cancelable;

        void TellWhenDue()
        {
            if (clock.Now is var now && now < end)
            {
                scheduler.Advanced.ScheduleOnce(end - now, TellWhenDue, cancelable);
            }
            else
            {
                actor.Tell(message, actor);
            }
        }
    }
}
