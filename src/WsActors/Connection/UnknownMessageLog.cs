using Akka.Actor;
using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Connection;

/// <summary>
/// Warns about messages to connections and sessions that are not of WsActors, such as a plain string: once a minute, with their type and
/// without their content, which may be a payload. One for all connections of a system, and one for its sessions; any thread.
/// </summary>
internal sealed class UnknownMessageLog(ILoggingAdapter log, Clock clock)
{
    private readonly LogThrottle _throttle = new(clock);

    /// <param name="recipient">The recipient of the message.</param>
    /// <param name="message">The unknown message.</param>
    public void Write(IActorRef recipient, object message)
    {
        if (_throttle.TryPass(out var withheld))
        {
            log.Warning(
                "{Connection} received a {MessageType}, which is not a command: nothing is sent. Send it Ws.Send.Text(...), "
                + "Ws.Send.Binary(...) or another command of Ws. ({Withheld} more such messages were not logged before.)",
                recipient.Path.Name,
                message.GetType().ToString(),
                withheld);
        }
    }
}
