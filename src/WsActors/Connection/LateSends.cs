using Akka.Actor;
using Akka.Event;
using WsActors.Client;

namespace WsActors.Connection;

/// <summary>
/// Answers the sends that no connection takes any more: those that waited in its mailbox when it stopped, and those told to it later. They
/// are dead letters then. One a system.
/// </summary>
internal sealed class LateSends : UntypedActor
{
    /// <summary>Whose children connections are.</summary>
    private readonly ActorPath _manager;

    /// <summary>Whose children clients are: connections, or those who have a connection below them.</summary>
    private readonly ActorPath _clients;

    public LateSends(IActorRef manager, IActorRef clients) => (_manager, _clients) = (manager.Path, clients.Path);

    public static Props PropsFor(IActorRef manager, IActorRef clients) => Props.Create<LateSends>(manager, clients);

    protected override void OnReceive(object message)
    {
        // What could not be delivered to another node is a dead letter here, too; whether it was is not known.
        if (message is DeadLetter { Message: Ws.Send send, Sender: var sender, Recipient: IInternalActorRef { IsLocal: true } recipient }
            && FaceOf(recipient) is { } connection)
        {
            Receipts.Tell(connection, send, sender, Ws.SendFailure.Closed);
        }
    }

    /// <summary>Whom senders know as the connection; null for anyone else.</summary>
    private IActorRef? FaceOf(IInternalActorRef actor)
    {
        var (path, parent) = (actor.Path, actor.Path.Parent);
        return parent.Equals(_manager) || parent.Equals(_clients) ? actor
            : path.Name == ReconnectingActor.ConnectionName && parent.Parent.Equals(_clients) ? actor.Parent
            : null;
    }
}
