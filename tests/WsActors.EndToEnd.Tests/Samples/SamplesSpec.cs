using WsActors.Routing;
using WsActors.Server.Samples;
using WsActors.TestKit;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The base of the specs of sample handlers: the sample routes, on sockets that the test plays.</summary>
public abstract class SamplesSpec : Akka.TestKit.Xunit2.TestKit
{
    protected SamplesSpec(string config = "")
        : base(WebSocketTestKit.SetupWith(Akka.Configuration.ConfigurationFactory.ParseString(config)))
    {
        Kit = new WebSocketTestKit(this, RouteTable.Empty.MapSamples());
    }

    protected WebSocketTestKit Kit { get; }
}
