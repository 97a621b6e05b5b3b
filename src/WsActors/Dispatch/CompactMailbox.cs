using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace WsActors.Dispatch;

/// <summary>
/// The mailbox of connections and of the handlers made for them: unbounded, open at its head, and small while empty. Akka's own begins with
/// room for 32 messages, which was measured at more than a kilobyte an actor. Named by <c>ws-actors.mailbox</c>.
/// </summary>
/// <param name="settings">The system's.</param>
/// <param name="config">Nothing is set here.</param>
internal sealed class CompactMailbox(Akka.Actor.Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<CompactMessageQueue>
{
    /// <summary>Its place in the configuration.</summary>
    public const string Path = "ws-actors.mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new CompactMessageQueue();
}
