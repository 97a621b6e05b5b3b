using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests;

/// <summary>The route of each path, from a client's view.</summary>
public sealed class RoutingSpec : WebSocketSpec
{
    [Theory]
    [InlineData("/chat/blue/7", "blue", "7")]
    [InlineData("/chat/gr%C3%BCn/%37", "grün", "7")]
    [InlineData("/chat/a%2Fb/7?room=other", "a/b", "7")]
    [InlineData("/chat/%2e%2e/7", "..", "7")]
    [InlineData("/chat/a+b/7", "a+b", "7")]
    public void Parameters_are_decoded_and_an_encoded_slash_does_not_separate_segments(string target, string room, string seat)
    {
        Serve(RouteTable.Empty.MapShared("/chat/{room}/{seat}", Handler.Ref)).Connect(target);

        var request = Handler.ExpectOpened().Request;
        Assert.Equal("/chat/{room}/{seat}", request.Route);
        Assert.Equal((room, seat), (request.RouteValues["room"], request.RouteValues["seat"]));
    }

    [Theory]
    [InlineData("/chat")]
    [InlineData("/chat/")]
    [InlineData("/chat/blue/")]
    [InlineData("/chat/blue/red")]
    [InlineData("/CHAT/blue")]
    [InlineData("//chat/blue")]
    [InlineData("/chat%2Fblue")]
    [InlineData("/chat/%zz")]
    [InlineData("/chat/%C3")]
    public void A_path_without_a_route_is_answered_404(string target)
    {
        var client = Serve(RouteTable.Empty.MapShared("/chat/{room}", Handler.Ref)).Dial();

        client.RequestUpgrade(target);

        client.ExpectResponse(404);
        client.Socket.ExpectHalfClose();
    }

    [Theory]
    [InlineData("/chat/lobby", "/chat/lobby")]
    [InlineData("/chat/blue", "/chat/{room}")]
    [InlineData("/other/blue", "/{area}/{room}")]
    public void Of_two_matching_routes_the_one_with_fewer_parameters_serves(string target, string route)
    {
        var table = RouteTable.Empty
            .MapShared("/{area}/{room}", Handler.Ref)
            .MapShared("/chat/{room}", Handler.Ref)
            .MapShared("/chat/lobby", Handler.Ref);

        Serve(table).Connect(target);

        Assert.Equal(route, Handler.ExpectOpened().Request.Route);
    }

    [Theory]
    [InlineData("v1", "v1")]
    [InlineData("v2", "v2")]
    [InlineData("v2, v1", "v1")]
    [InlineData("v3, v2", "v2")]
    public void Two_routes_of_one_path_are_selected_by_subprotocol(string offered, string agreed)
    {
        var client = Serve(TwoVersions()).Dial();

        client.RequestUpgrade("/", $"Sec-WebSocket-Protocol: {offered}");

        client.ExpectUpgrade(agreed);
        Assert.Equal(agreed, Handler.ExpectOpened().Subprotocol);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Protocol: v3")]
    [InlineData("Sec-WebSocket-Protocol: V1")]
    [InlineData("X-None: offered")]
    public void A_client_without_a_subprotocol_of_the_route_is_answered_400_with_the_routes_subprotocols(string header)
    {
        var client = Serve(TwoVersions()).Dial();

        client.RequestUpgrade("/", header);

        client.ExpectResponse(400);
        Assert.Contains("v1, v2", client.ReadBody(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_without_subprotocols_echoes_none()
    {
        var client = Serve().Dial();

        client.RequestUpgrade("/", "Sec-WebSocket-Protocol: v1, token");

        client.ExpectUpgrade(subprotocol: null);
        Assert.Equal(["v1", "token"], Handler.ExpectOpened().Request.Subprotocols);
    }

    [Fact]
    public void Each_connection_gets_its_own_handler_created_for_its_request()
    {
        var made = CreateTestProbe();
        var kit = Serve(RouteTable.Empty.Map(
            "/{name}",
            request =>
            {
                made.Ref.Tell(request.RouteValues["name"]);
                return Props.Create<Echo>();
            }));

        var (ada, ben) = (kit.Connect("/ada"), kit.Connect("/ben"));

        made.ExpectMsg("ada");
        made.ExpectMsg("ben");
        ada.SendText("I am ada");
        ben.SendText("I am ben");
        ada.ExpectText("I am ada");
        ben.ExpectText("I am ben");
    }

    private RouteTable TwoVersions() => RouteTable.Empty
        .MapShared("/", Handler.Ref, new WebSocketRouteOptions { Subprotocols = ["v1"] })
        .MapShared("/", Handler.Ref, new WebSocketRouteOptions { Subprotocols = ["v2"] });
}
