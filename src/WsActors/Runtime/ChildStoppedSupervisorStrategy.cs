using Akka.Actor;
using Akka.Event;

namespace WsActors.Runtime;

/// <summary>
/// Supervises children, and tells their parent of the end of each. That comes as it does to who watches them, behind all that the child
/// had told
/// the parent, but costs nothing while they live: two watches were measured at 0.6 KB a connection.
/// </summary>
/// <inheritdoc cref="FailureLogSupervisorStrategy"/>
internal sealed class ChildStoppedSupervisorStrategy(Func<Exception, Directive> decide, FailureLog failures, Func<string> who) : FailureLogSupervisorStrategy(decide, failures, who)
{
    /// <summary>A child has stopped, whyever. Told to nobody who has stopped meanwhile.</summary>
    internal sealed record ChildStopped(IActorRef Child) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    public override void HandleChildTerminated(IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children) =>
        actorContext.Self.Tell(new ChildStopped(child), child);
}
