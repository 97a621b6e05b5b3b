using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch;

namespace WsActors.Connection;

/// <summary>
/// A handler's Props, that tell it <see cref="Ws.Opened"/> again when it is made anew after a failure. Whatever waits in its mailbox would be
/// ahead of a plain Tell, so it goes to the head of it, in the moment between the old actor's end and the new one's first message.
/// </summary>
internal sealed class HandlerProps : Props
{
    /// <summary>The one of Akka's own mailboxes that has a head to add to.</summary>
    private const string DequeMailbox = "akka.actor.mailbox.unbounded-deque-based";

    private readonly LastOpened _opened;

    private bool _isMade;

    public HandlerProps(Props handler, LastOpened opened)
        : base(HasOwnMailbox(handler) ? handler : handler.WithMailbox(DequeMailbox)) => _opened = opened;

    // In the handler's own context and on its thread, what it stashed already back in its mailbox.
    public override ActorBase NewActor()
    {
        if (_isMade && _opened.Value is { } opened)
        {
            TellAgain(InternalCurrentActorCellKeeper.Current!, opened with { Resumed = true });
        }

        _isMade = true;
        return base.NewActor();
    }

    protected override Props Copy() => new HandlerProps(this, _opened);

    private static void TellAgain(ActorCell handler, Ws.Opened opened)
    {
        if (handler.Mailbox?.MessageQueue is IDequeBasedMessageQueueSemantics queue)
        {
            queue.EnqueueFirst(new Envelope(opened, opened.Connection));
        }
        else
        {
            handler.Self.Tell(opened, opened.Connection);
        }
    }

    private static bool HasOwnMailbox(Props handler) =>
        handler.Mailbox != Deploy.NoMailboxGiven
        || handler.Type.GetInterfaces().Any(static role => role.IsGenericType && role.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>));
}
