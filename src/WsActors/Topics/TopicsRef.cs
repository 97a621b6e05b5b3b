using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace WsActors.Topics;

/// <summary>
/// The public reference of the topics. A publish is counted on its publisher's thread, before it waits in any queue. <c>PoisonPill</c> and
/// <c>Kill</c> are not forwarded to the actor.
/// </summary>
internal sealed class TopicsRef(IInternalActorRef topics, PublishBacklogs backlogs) : MinimalActorRef
{
    public override ActorPath Path => topics.Path;

    public override IActorRefProvider Provider => topics.Provider;

    public override IInternalActorRef Parent => topics.Parent;

    public override void SendSystemMessage(ISystemMessage message) => topics.SendSystemMessage(message);

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case Ws.Publish publish:
                if (backlogs.TryAccept(publish, sender ?? Provider.DeadLetters, this) is { } publication)
                {
                    topics.Tell(publication, sender);
                }

                break;
            case PoisonPill or Kill: break;
            default: topics.Tell(message, sender); break;
        }
    }
}
