using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Server.Samples;

/// <summary>Sends every message back as it came: the smallest handler. One a connection, a child of it.</summary>
internal sealed class EchoHandler : ReceiveActor
{
    private static readonly Props OfAny = Props.Create<EchoHandler>();

    public EchoHandler() => Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Same(message)));

    /// <summary>The same for every request.</summary>
    public static Props PropsFor(UpgradeRequest _) => OfAny;
}
