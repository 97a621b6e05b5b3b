using Akka.Actor;
using Akka.Event;
using WsActors.Client;
using WsActors.Connection;
using WsActors.Messages;
using WsActors.Tracing;

namespace WsActors;

/// <summary>
/// Answers sends and renewals to connections that have stopped: those that waited in the mailbox when it stopped, and later ones. Both are
/// dead letters. One per system.
/// </summary>
internal sealed class DeadLetterActor : UntypedActor
{
    /// <summary>The route of a connection that has stopped is not known any more.</summary>
    private static readonly SpanNames Spans = new(route: null);

    /// <summary>The parent of server connections.</summary>
    private readonly ActorPath _manager;

    /// <summary>The parent of clients: connections, or parents of one connection.</summary>
    private readonly ActorPath _clients;

    /// <summary>The parent of sessions.</summary>
    private readonly ActorPath _sessions;

    /// <summary>The grandparent of sessions in a cluster; null outside one.</summary>
    private ActorPath? _home;

    public DeadLetterActor(IActorRef manager, IActorRef clients, IActorRef sessions) =>
        (_manager, _clients, _sessions) = (manager.Path, clients.Path, sessions.Path);

    public static Props PropsFor(IActorRef manager, IActorRef clients, IActorRef sessions) =>
        Props.Create<DeadLetterActor>(manager, clients, sessions);

    protected override void OnReceive(object message)
    {
        if (message is SessionMessages.MoveTo move)
        {
            _home = move.Home.Path;
        }

        // A message to another node that was not delivered is a dead letter here, too; whether it was delivered is unknown.
        if (message is DeadLetter { Message: Ws.Send or Ws.Renew, Recipient: IInternalActorRef { IsLocal: true } recipient } letter
            && PublicRefOf(recipient) is { } connection)
        {
            if (letter.Message is Ws.Send send)
            {
                Fail(send, letter.Sender, connection);
            }
            else
            {
                Renewal.TellFailed(letter.Sender, connection, Renewal.Ended);
            }
        }
    }

    private static void Fail(Ws.Send send, IActorRef sender, IActorRef connection)
    {
        if (send.Ack is not null && Tracer.IsOn)
        {
            MessageSpan.FailSend(send, Spans, send.Payload.Length, Ws.SendFailure.Closed.ToAttribute());
        }

        send.NotifyFailed(connection, sender, Ws.SendFailure.Closed);
    }

    /// <summary>The reference that senders know as the connection; null for any other actor.</summary>
    private IActorRef? PublicRefOf(IInternalActorRef actor)
    {
        // The root has no parent. A dead letter may also have been sent to the system's dead letters, directly below the root.
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
