using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.IO;

namespace WsActors.TestKit;

/// <summary>
/// The byte source of endpoints in a test: each bind succeeds, and no port is bound. Like its listeners it has no mailbox: it answers on
/// the thread of the manager.
/// </summary>
internal sealed class PlayedSource(ActorSystem system) : MinimalActorRef
{
    /// <summary>The start of the dynamic ports (RFC 6335 §6).</summary>
    private const int FirstFreePort = 49152;

    private static long LastNumber;

    private int _lastFreePort = FirstFreePort - 1;

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems)
        / "played-source"
        / Interlocked.Increment(ref LastNumber).ToString(CultureInfo.InvariantCulture);

    public override IActorRefProvider Provider { get; } = ((ExtendedActorSystem)system).Provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is Tcp.Bind bind)
        {
            var local = bind.LocalAddress is IPEndPoint { Port: 0 } any
                ? new IPEndPoint(any.Address, Interlocked.Increment(ref _lastFreePort))
                : bind.LocalAddress;
            sender.Tell(new Tcp.Bound(local), new PlayedListener(this, local));
        }
    }
}
