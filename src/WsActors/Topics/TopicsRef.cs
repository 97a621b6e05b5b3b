using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace WsActors.Topics;

/// <summary>
/// The topics, as everybody knows them. A publish is counted on its publisher's thread, before it waits anywhere. What would end the actor
/// behind this reference is not passed on.
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
