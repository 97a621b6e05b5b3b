using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Server.Samples;

/// <summary>Passes every message on to a topic, unchanged. One a connection, a child of it.</summary>
internal sealed class BroadcastHandler : ReceiveActor
{
    public BroadcastHandler(IActorRef hub, string topic)
    {
        Receive<Ws.Opened>(opened => hub.Tell(new Hub.Join(topic, new TopicActor.Join(opened.Connection))));
        Receive<Ws.Received>(message => hub.Tell(new Hub.Pass(topic, Ws.Send.Prepared(PreparedMessage.Same(message)))));
        Receive<Ws.Closed>(_ => Context.Stop(Self)); // the topic watches, and so knows
    }

    /// <summary>For a route with a <c>{topic}</c>.</summary>
    public static Props PropsFor(UpgradeRequest request, IActorRef hub) => Props.Create<BroadcastHandler>(hub, request.Values["topic"]);
}
