using Akka.Actor;
using Akka.Event;
using WsActors.Client;
using WsActors.Connection;
using WsActors.Messages;

namespace WsActors;

/// <summary>
/// Answers the sends that no connection takes any more: those that waited in its mailbox when it stopped, and those told to it later. They
/// are dead letters then. One a system.
/// </summary>
internal sealed class DeadLetterSendActor : UntypedActor
{
    /// <summary>Whose children connections are.</summary>
    private readonly ActorPath _manager;

    /// <summary>Whose children clients are: connections, or those who have a connection below them.</summary>
    private readonly ActorPath _clients;

    /// <summary>Whose children sessions are.</summary>
    private readonly ActorPath _sessions;

    /// <summary>Whose grandchildren they are in a cluster; null outside one.</summary>
    private ActorPath? _home;

    public DeadLetterSendActor(IActorRef manager, IActorRef clients, IActorRef sessions) =>
        (_manager, _clients, _sessions) = (manager.Path, clients.Path, sessions.Path);

    public static Props PropsFor(IActorRef manager, IActorRef clients, IActorRef sessions) => Props.Create<DeadLetterSendActor>(manager, clients, sessions);

    protected override void OnReceive(object message)
    {
        if (message is SessionMessages.MoveTo move)
        {
            _home = move.Home.Path;
        }

        // What could not be delivered to another node is a dead letter here, too; whether it was is not known.
        if (message is DeadLetter { Message: Ws.Send send, Sender: var sender, Recipient: IInternalActorRef { IsLocal: true } recipient }
            && PublicRefOf(recipient) is { } connection)
        {
            AckNotifier.Tell(connection, send, sender, Ws.SendFailure.Closed);
        }
    }

    /// <summary>Whom senders know as the connection; null for anyone else.</summary>
    private IActorRef? PublicRefOf(IInternalActorRef actor)
    {
        // The root has no parent, and a dead letter may have been told to nobody at all: to the system's dead letters, right below the root.
        if (actor.Path.Parent is not { } parent)
        {
            return null;
        }

        return parent.Equals(_manager) || parent.Equals(_clients) || parent.Equals(_sessions) ? actor
            : parent.Parent is not { } grandparent ? null
            : grandparent.Equals(_home) ? actor
            : actor.Path.Name == ReconnectingClientActor.ConnectionName && grandparent.Equals(_clients) ? actor.Parent
            : null;
    }
}
