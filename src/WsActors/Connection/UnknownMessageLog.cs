using Akka.Actor;
using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Connection;

/// <summary>
/// Warns of what is told to a connection or a session and is no message of ours, such as a plain string: once a minute, with the type and
/// without its content, which may be a payload. One for all connections of a system, and one for its sessions; any thread.
/// </summary>
internal sealed class UnknownMessageLog(ILoggingAdapter log, Clock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The time at which the next line may be written, in ticks.</summary>
    private long _next;

    private long _withheld;

    /// <param name="told">Who was told it.</param>
    /// <param name="message">What.</param>
    public void Write(IActorRef told, object message)
    {
        var (now, next) = (clock.Now.Ticks, Volatile.Read(ref _next));
        if (now < next || Interlocked.CompareExchange(ref _next, now + Interval.Ticks, next) != next)
        {
            Interlocked.Increment(ref _withheld);
            return;
        }

        log.Warning(
            "{Connection} was told a {MessageType}, which is no command: nothing is sent. Tell it Ws.Send.Text(...), Ws.Send.Binary(...) "
            + "or another command of Ws. ({Withheld} more such messages were not logged before.)",
            told.Path.Name,
            message.GetType().ToString(),
            Interlocked.Exchange(ref _withheld, 0));
    }
}
