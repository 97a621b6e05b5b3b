using WsActors.Routing;
using WsActors.Server.Samples;
using WsActors.TestKit;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>What the specs of the sample handlers have in common: the sample routes, on sockets that the test plays.</summary>
public abstract class SamplesSpec : Akka.TestKit.Xunit2.TestKit
{
    protected SamplesSpec()
        : base(WebSocketTestKit.Setup)
    {
        ChatHub = Sys.ActorOf(SampleRoutes.ChatHub);
        Kit = new WebSocketTestKit(this, RouteTable.Empty.MapSamples(ChatHub));
    }

    protected Akka.Actor.IActorRef ChatHub { get; }

    protected WebSocketTestKit Kit { get; }

    /// <summary>The rooms that a hub has.</summary>
    protected static int ChildrenOf(Akka.Actor.IActorRef hub) => ((Akka.Actor.ActorRefWithCell)hub).Children.Count();
}
