using System.Net;
using System.Security.Claims;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A guard sees the request and decides; only accepted requests reach a handler.</summary>
public sealed class GuardSpec : WebSocketSpec
{
    [Fact]
    public void A_guard_sees_cookies_query_headers_address_and_scheme()
    {
        var kit = ServeGuarded(request => GuardDecision.Reject(
            403,
            string.Join(
                ' ',
                request.Http.Cookie("session"),
                request.Http.Query["page"],
                request.Http.Headers["Authorization"],
                request.ClientAddress,
                request.IsSecure,
                request.ServerOrigin,
                request.Route)));
        var client = kit.Dial(IPAddress.Parse("192.0.2.7"));

        client.RequestUpgrade("/?page=2", "Cookie: a=1; session=abc", "Authorization: Bearer xyz");

        client.ExpectResponse(403);
        Assert.Equal("abc 2 Bearer xyz 192.0.2.7 False http://127.0.0.1:8080 /", client.ReadBody());
    }

    [Fact]
    public void Header_and_cookie_values_in_utf_8_are_decoded_and_can_be_echoed()
    {
        var kit = ServeGuarded(static request => new GuardDecision.Rejected(
            PlainResponse.Text(403, "no", new HttpHeader("X-User", request.Http.Headers["X-User"] + request.Http.Cookie("user")))));
        var client = kit.Dial();

        client.RequestUpgrade("/", "X-User: S\u00f8rina", "Cookie: user=\u6f22");

        Assert.Equal("S\u00f8rina\u6f22", client.ExpectResponse(403).Headers["X-User"]);
    }

    [Fact]
    public void An_accepting_guards_decision_is_in_Opened_and_its_headers_in_the_response()
    {
        var kit = ServeGuarded(
            static request => new GuardDecision.Accepted
            {
                Subprotocol = request.Subprotocols[1],
                Headers = [new HttpHeader("Set-Cookie", "seen=1"), new HttpHeader("Connection", "keep-alive")],
                Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ada")], "test")),
                Items = new Dictionary<string, string> { ["room"] = "blue" },
            });
        var client = kit.Dial();

        client.RequestUpgrade("/", "Sec-WebSocket-Protocol: v1, v2");

        var head = client.ExpectUpgrade("v2");
        Assert.Equal("seen=1", head.Headers["Set-Cookie"]);
        Assert.Equal(["Upgrade"], head.Headers.All("Connection"));
        var opened = Handler.ExpectOpened();
        Assert.Equal(("v2", "ada", "blue"), (opened.Subprotocol, opened.Principal?.Identity?.Name, opened.Items["room"]));
        Assert.Equal(client.Connection, opened.Connection);
    }

    [Fact]
    public void Without_a_guard_there_is_no_principal()
    {
        Serve().Connect();

        var opened = Handler.ExpectOpened();

        Assert.Null(opened.Principal);
        Assert.Empty(opened.Items);
        Assert.Null(opened.Subprotocol);
    }

    [Fact]
    public void A_guard_without_a_subprotocol_gets_the_routes_choice()
    {
        var kit = Serve(
            route: new WebSocketRouteOptions
            {
                Subprotocols = ["v2", "v1"],
                Guard = static (_, _) => Task.FromResult(GuardDecision.Accept()),
            });
        var client = kit.Dial();

        client.RequestUpgrade("/", "Sec-WebSocket-Protocol: v1, v2");

        client.ExpectUpgrade("v2");
    }

    [Fact]
    public void A_guard_rejects_with_its_status_headers_and_body()
    {
        var kit = ServeGuarded(static _ => new GuardDecision.Rejected(
            PlainResponse.Text(401, "who are you?", new HttpHeader("WWW-Authenticate", "Bearer"))));
        var client = kit.Dial();

        client.RequestUpgrade();

        Assert.Equal("Bearer", client.ExpectResponse(401).Headers["WWW-Authenticate"]);
        Assert.Equal("who are you?", client.ReadBody());
        client.Socket.ExpectHalfClose();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_guard_that_accepts_and_closes_sends_101_and_its_code_and_creates_no_handler()
    {
        var made = CreateTestProbe();
        var kit = Serve(RouteTable.Empty.Map(
            "/",
            _ =>
            {
                made.Ref.Tell("made");
                return Props.Create<Echo>();
            },
            Guarded(static _ => GuardDecision.AcceptAndClose(4401, "log in again"))));
        var client = kit.Connect();

        Assert.Equal("log in again", client.ExpectClose(4401));
        client.Socket.ExpectHalfClose();
        client.Socket.ExpectStopped();
        made.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_token_offered_as_a_subprotocol_reaches_the_guard_and_is_never_echoed()
    {
        var kit = Serve(route: new WebSocketRouteOptions
        {
            Subprotocols = ["chat"],
            Guard = static (request, _) => Task.FromResult(
                request.Subprotocols is ["chat", "token.s3cret"] ? GuardDecision.Accept() : GuardDecision.Reject(401, "no token")),
        });
        var client = kit.Dial();

        client.RequestUpgrade("/", "Sec-WebSocket-Protocol: chat, token.s3cret");

        var head = client.ExpectUpgrade("chat");
        Assert.DoesNotContain(head.Headers, static header => header.Value.Contains("s3cret", StringComparison.Ordinal));
        Assert.Equal("chat", Handler.ExpectOpened().Subprotocol);
    }

    [Fact]
    public void Frames_received_before_the_guards_decision_are_delivered_after_Opened_in_order()
    {
        var answer = new TaskCompletionSource<GuardDecision>();
        var kit = Serve(route: new WebSocketRouteOptions { Guard = (_, _) => answer.Task });
        var client = kit.Dial();
        client.RequestUpgrade();
        client.SendText("one");
        client.SendText("two");
        kit.AwaitIdle();
        Handler.ExpectNothing();

        answer.SetResult(GuardDecision.Accept());

        Handler.ExpectOpened();
        Handler.ExpectText("one");
        Handler.ExpectText("two");
    }

    [Theory]
    [InlineData(CloseCode.NoStatus)]
    [InlineData(CloseCode.Abnormal)]
    [InlineData(2999)]
    [InlineData(5000)]
    public void A_guard_cannot_close_with_a_code_that_may_not_be_sent(int code) =>
        Assert.Throws<ArgumentException>(() => GuardDecision.AcceptAndClose(code));

    private WebSocketTestKit ServeGuarded(Func<UpgradeRequest, GuardDecision> decide) => Serve(route: Guarded(decide));

    private static WebSocketRouteOptions Guarded(Func<UpgradeRequest, GuardDecision> decide) =>
        new() { Guard = (request, _) => Task.FromResult(decide(request)) };
}
