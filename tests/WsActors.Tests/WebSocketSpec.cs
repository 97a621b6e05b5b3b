using Akka.Actor;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The base of the specs of connections: a system with virtual time, and a handler that the test plays.</summary>
public abstract class WebSocketSpec : Akka.TestKit.Xunit2.TestKit
{
    protected WebSocketSpec(string config = "")
        : base(WebSocketTestKit.SetupWith(Akka.Configuration.ConfigurationFactory.ParseString(config)))
    {
        Handler = new HandlerProbe(this);
    }

    protected HandlerProbe Handler { get; }

    /// <summary>Serves <c>/</c> by <see cref="Handler"/>.</summary>
    protected WebSocketTestKit Serve(Func<EndpointOptions, EndpointOptions>? configure = null, WebSocketRouteOptions? route = null) =>
        new(this, RouteTable.Empty.MapShared("/", Handler.Ref, route), configure);

    /// <summary>Serves <c>/</c> by a child of each connection.</summary>
    protected WebSocketTestKit ServeEach(Props handler, Func<EndpointOptions, EndpointOptions>? configure = null) =>
        new(this, RouteTable.Empty.Map("/", _ => handler), configure);

    /// <summary>Serves the routes of a table.</summary>
    protected WebSocketTestKit Serve(RouteTable routes, Func<EndpointOptions, EndpointOptions>? configure = null) =>
        new(this, routes, configure);

    /// <summary>Asserts that a kit has no connection and no rented buffer.</summary>
    protected void AssertNothingIsLeft(WebSocketTestKit kit)
    {
        kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        Assert.Equal(0, ExpectMsg<Ws.Health>().Connections);
        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }

    protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
