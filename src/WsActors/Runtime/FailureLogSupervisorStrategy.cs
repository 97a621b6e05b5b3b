using System.Reflection;
using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>
/// Supervises children that a peer may make fail as often as it likes: their failures are told as <see cref="FailureLog"/> tells them,
/// instead of each with its stack, as Akka does by itself.
/// </summary>
/// <param name="decide">What becomes of a child that failed.</param>
/// <param name="failures">Where that is told.</param>
/// <param name="who">Whose failure it is, such as <c>ws://0.0.0.0:8080: the handler of /chat</c>.</param>
internal class FailureLogSupervisorStrategy(Func<Exception, Directive> decide, FailureLog failures, Func<string> who) : OneForOneStrategy(decide)
{
    protected override void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        // What Akka and reflection wrap around it says nothing, or quotes what the child was made with, which a peer may have written.
        while (cause is ActorInitializationException or TargetInvocationException or TypeLoadException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        failures.Write(who(), directive == Directive.Restart ? "failed, and is restarted" : "failed, and is stopped", cause);
    }
}
