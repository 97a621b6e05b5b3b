using Akka.Actor;
using Akka.Event;

namespace WsActors.Connection;

/// <summary>
/// Answers the sends that no connection takes any more: those that waited in its mailbox when it stopped, and those told to it later. They
/// are dead letters then. One a system.
/// </summary>
internal sealed class LateSends : UntypedActor
{
    /// <summary>Whose children connections are.</summary>
    private readonly ActorPath _manager;

    public LateSends(IActorRef manager) => _manager = manager.Path;

    public static Props PropsFor(IActorRef manager) => Props.Create<LateSends>(manager);

    protected override void OnReceive(object message)
    {
        // What could not be delivered to another node is a dead letter here, too; whether it was is not known.
        if (message is DeadLetter { Message: Ws.Send send, Sender: var sender, Recipient: IInternalActorRef { IsLocal: true } connection }
            && connection.Path.Parent.Equals(_manager))
        {
            Receipts.Tell(connection, send, sender, Ws.SendFailure.Closed);
        }
    }
}
