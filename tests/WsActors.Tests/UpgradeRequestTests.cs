using System.Net;
using System.Security.Claims;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Tests;

/// <summary>A request is made without an endpoint, for the unit test of a guard.</summary>
public sealed class UpgradeRequestTests
{
    /// <summary>The guard under test.</summary>
    private static readonly Guard Guard = static (request, _) =>
        Task.FromResult((request.RouteValues.GetValueOrDefault("room"), request.Http.Cookie("id")) switch
        {
            ("closed", _) => GuardDecision.Reject(404, "There is no such room."),
            (_, null) => GuardDecision.Reject(401, "Log in first."),
            var (_, id) => GuardDecision.Accept(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, id)], "cookie"))),
        });

    [Fact]
    public async Task A_guard_decides_on_it()
    {
        var known = UpgradeRequest.Create("/chat/tea", "/chat/{room}", [new("Cookie", "id=ann")]);
        var stranger = UpgradeRequest.Create("/chat/tea", "/chat/{room}");
        var lost = UpgradeRequest.Create("/chat/closed", "/chat/{room}");

        var accepted = Assert.IsType<GuardDecision.Accepted>(await Guard(known, default));
        Assert.Equal("ann", accepted.Principal?.Identity?.Name);
        Assert.Equal(401, Assert.IsType<GuardDecision.Rejected>(await Guard(stranger, default)).Response.Status);
        Assert.Equal(404, Assert.IsType<GuardDecision.Rejected>(await Guard(lost, default)).Response.Status);
    }

    [Fact]
    public void A_parameter_of_the_route_is_parsed_in_the_invariant_culture()
    {
        var request = UpgradeRequest.Create("/rooms/7/1.5", "/rooms/{id}/{price}");

        Assert.Equal(7, request.GetRouteValue<int>("id"));
        Assert.Equal(1.5m, request.GetRouteValue<decimal>("price"));
        Assert.Equal("7", request.GetRouteValue<string>("id"));
        Assert.Contains("is no Int32", Assert.Throws<FormatException>(() => request.GetRouteValue<int>("price")).Message);
        Assert.Equal(
            "Route '/rooms/{id}/{price}' has no parameter 'room'.",
            Assert.Throws<KeyNotFoundException>(() => request.GetRouteValue<int>("room")).Message);
    }

    [Fact]
    public void Everything_but_the_target_has_a_default()
    {
        var request = UpgradeRequest.Create("/chat/tea?token=7");

        Assert.Equal("/chat/tea", request.Route);
        Assert.Empty(request.RouteValues);
        Assert.Equal("7", request.Http.Query["token"]);
        Assert.Empty(request.Subprotocols);
        Assert.Equal(IPAddress.Loopback, request.ClientAddress);
        Assert.Equal(new Origin("http", "127.0.0.1", 8080), request.ServerOrigin);
        Assert.False(request.IsSecure);
        Assert.Null(request.Principal);
        Assert.Null(request.PrincipalExpiresAt);
        Assert.Null(request.ClientCertificate);
    }

    [Fact]
    public void It_has_what_is_given()
    {
        var (user, end) = (new ClaimsPrincipal(), DateTimeOffset.UnixEpoch);
        var request = UpgradeRequest.Create(
            "/r%C3%A4ume/7",
            "/räume/{id}",
            [new("host", "chat.example"), new("Sec-WebSocket-Protocol", "chat, bearer.7")],
            clientAddress: IPAddress.Parse("192.0.2.7"),
            isSecure: true,
            principal: user,
            principalExpiresAt: end);

        Assert.Equal("7", request.RouteValues["id"]);
        Assert.Equal(["chat", "bearer.7"], request.Subprotocols);
        Assert.Equal("192.0.2.7", request.ClientAddress.ToString());
        Assert.Equal("https://chat.example", request.ServerOrigin.ToString());
        Assert.True(request.IsSecure);
        Assert.Equal((user, end), (request.Principal, request.PrincipalExpiresAt));
    }

    [Fact]
    public void With_values_the_template_may_be_in_the_syntax_of_a_host()
    {
        var request = UpgradeRequest.Create(
            "/chat/7", "/chat/{room:int}", routeValues: new Dictionary<string, string> { ["room"] = "7" });

        Assert.Equal(("/chat/{room:int}", "7"), (request.Route, request.RouteValues["room"]));
    }

    [Theory]
    [InlineData("chat", null, "Host", "a")] // no path
    [InlineData("/tea/chat", "/chat/{room}", "Host", "a")]
    [InlineData("/chat/tea", "/chat/{room", "Host", "a")]
    [InlineData("/chat/tea", null, "Host", "a b")]
    [InlineData("/chat/tea", null, "Upgrade", "h2c")]
    [InlineData("/chat/tea", null, "Sec-WebSocket-Version", "8")]
    public void A_request_that_no_guard_would_see_is_an_error(string target, string? route, string name, string value) =>
        Assert.Throws<ArgumentException>(() => UpgradeRequest.Create(target, route, [new HttpHeader(name, value)]));
}
