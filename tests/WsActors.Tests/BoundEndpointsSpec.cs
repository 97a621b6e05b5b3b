using System.Net;
using Akka.Actor;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The endpoints that listen are a property of the extension.</summary>
public sealed class BoundEndpointsSpec : WebSocketSpec
{
    [Fact]
    public void An_endpoint_is_listed_from_the_answer_to_its_bind_until_it_is_unbound()
    {
        Assert.Empty(Sys.WebSockets().BoundEndpoints);

        var (first, second) = (Bind("ws://127.0.0.1:0"), Bind("ws://*:8081"));

        Assert.Equal([first, second], Sys.WebSockets().BoundEndpoints, Same);
        Assert.Equal(((IPEndPoint)first.LocalEndPoint).Port, first.Port);
        Assert.Equal(8081, second.Port);

        Sys.WebSockets().Manager.Tell(new Ws.Unbind(first.LocalEndPoint), TestActor);
        ExpectMsg<Ws.Unbound>();
        Assert.Equal("ws://*:8081", Assert.Single(Sys.WebSockets().BoundEndpoints).Endpoint);
    }

    [Fact]
    public void Both_addresses_of_localhost_are_one_endpoint()
    {
        var bound = Bind("ws://localhost:0");

        Assert.Equal([bound], Sys.WebSockets().BoundEndpoints, Same);
        Assert.NotEqual(0, bound.Port);
    }

    [Fact]
    public void A_Unix_socket_has_no_port() =>
        Assert.Equal(0, new Ws.Bound { Endpoint = "", LocalEndPoint = new System.Net.Sockets.UnixDomainSocketEndPoint("/run/app") }.Port);

    [Fact]
    public void A_manager_that_was_stopped_listens_nowhere()
    {
        Bind("ws://127.0.0.1:8081");

        Sys.Stop(Sys.WebSockets().Manager);

        AwaitCondition(() => Sys.WebSockets().BoundEndpoints.Count == 0);
    }

    private static bool Same(Ws.Bound one, Ws.Bound other) =>
        one.Endpoint == other.Endpoint && one.LocalEndPoints.SequenceEqual(other.LocalEndPoints);

    private Ws.Bound Bind(string endpoint)
    {
        Sys.WebSockets().Manager.Tell(new Ws.Bind(endpoint, RouteTable.Empty), TestActor);
        return ExpectMsg<Ws.Bound>();
    }
}
