using System.Net;
using Akka.Actor;
using Akka.IO;

namespace WsActors.TestKit;

/// <summary>A listener of a <see cref="PlayedSource"/>: it can be unbound.</summary>
internal sealed class PlayedListener(PlayedSource source, EndPoint local) : MinimalActorRef
{
    public override ActorPath Path { get; } = source.Path / Uri.EscapeDataString($"{local}");

    public override IActorRefProvider Provider => source.Provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is Tcp.Unbind)
        {
            sender.Tell(Tcp.Unbound.Instance, this);
        }
    }
}
