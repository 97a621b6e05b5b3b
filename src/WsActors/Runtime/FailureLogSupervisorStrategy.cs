using System.Reflection;
using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>
/// Supervises children that a peer can make fail as often as it likes: failures are logged by <see cref="FailureLog"/>, instead of each
/// with its stack as Akka does.
/// </summary>
/// <param name="decide">Decides on a failed child.</param>
/// <param name="failures">The log.</param>
/// <param name="who">The name of the child, such as <c>ws://0.0.0.0:8080: the handler of /chat</c>.</param>
internal class FailureLogSupervisorStrategy(Func<Exception, Directive> decide, FailureLog failures, Func<string> who)
    : OneForOneStrategy(decide)
{
    protected override void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        // The exceptions that Akka and reflection wrap around the cause say nothing, or quote constructor arguments, which a peer may have
        // written.
        while (cause is ActorInitializationException or TargetInvocationException or TypeLoadException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        failures.Write(who(), directive == Directive.Restart ? "failed, and is restarted" : "failed, and is stopped", cause);
    }
}
