using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace WsActors.Dispatch;

/// <summary>
/// The mailbox of connections and their own handlers: unbounded, a deque, and small while empty. Akka's starts with room for 32 messages,
/// which was measured at more than a kilobyte an actor. Configured as <c>ws-actors.mailbox</c>.
/// </summary>
/// <param name="settings">The settings of the system.</param>
/// <param name="config">The configuration of the mailbox, which has no settings.</param>
internal sealed class CompactMailbox(Akka.Actor.Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<CompactMessageQueue>
{
    /// <summary>Its path in the configuration.</summary>
    public const string Path = "ws-actors.mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new CompactMessageQueue();
}
