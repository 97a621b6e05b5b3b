using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The response to a person, a script or a balancer that requests a page.</summary>
public sealed class PlainHttpSpec : WebSocketSpec
{
    private const string Host = "Host: 127.0.0.1:8080";

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("HEAD / HTTP/1.1")]
    [InlineData("POST / HTTP/1.1")]
    [InlineData("GET / HTTP/1.0")]
    public void A_plain_request_for_a_WebSocket_is_answered_426_with_Upgrade(string line)
    {
        var client = Serve().Dial();

        client.SendRequest(line, Host);

        var head = client.ExpectResponse(426);
        Assert.Equal("websocket", head.Headers["Upgrade"]);
        Assert.Equal("13", head.Headers["Sec-WebSocket-Version"]);
        Assert.Equal("close, Upgrade", head.Headers["Connection"]);
    }

    [Fact]
    public void A_page_is_sent_with_its_type_and_length_and_then_the_socket_closes()
    {
        var client = ServePage().Dial();

        client.SendRequest("GET /page?x=1 HTTP/1.1", Host);

        var head = client.ExpectResponse(200);
        Assert.Equal("text/plain; charset=utf-8", head.Headers["Content-Type"]);
        Assert.Equal("11", head.Headers["Content-Length"]);
        Assert.Equal("close", head.Headers["Connection"]);
        Assert.Equal("Sat, 01 Jan 2000 00:00:00 GMT", head.Headers["Date"]);
        Assert.Equal("hello there", client.ReadBody());
        client.Socket.ExpectHalfClose();
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void A_plain_request_with_an_empty_host_is_served_and_one_for_a_WebSocket_is_answered_400()
    {
        var balancer = ServePage().Dial();
        balancer.SendRequest("GET /page HTTP/1.1", "Host:");
        balancer.ExpectResponse(200);

        var client = Serve().Dial();
        client.SendRequest(
            "GET / HTTP/1.1",
            "Host:",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        client.ExpectResponse(400);
        Assert.Contains("The Host header is empty", client.ReadBody(), StringComparison.Ordinal);
    }

    [Fact]
    public void HEAD_is_answered_as_GET_without_the_body()
    {
        var client = ServePage().Dial();

        client.SendRequest("HEAD /page HTTP/1.1", Host);

        Assert.Equal("11", client.ExpectResponse(200).Headers["Content-Length"]);
        Assert.Empty(client.ReadBody());
        client.Socket.ExpectHalfClose();
    }

    [Fact]
    public void A_probe_by_HTTP_1_0_without_a_host_is_answered()
    {
        var client = ServePage().Dial();

        client.SendRequest("GET /page HTTP/1.0");

        client.ExpectResponse(200);
        Assert.Equal("hello there", client.ReadBody());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("get")]
    public void Another_method_on_a_page_is_answered_405_with_Allow(string method)
    {
        var client = ServePage().Dial();

        client.SendRequest($"{method} /page HTTP/1.1", Host);

        Assert.Equal("GET, HEAD", client.ExpectResponse(405).Headers["Allow"]);
    }

    [Fact]
    public void An_upgrade_header_on_a_page_is_ignored()
    {
        var client = ServePage().Dial();

        client.RequestUpgrade("/page");

        client.ExpectResponse(200);
        Assert.Equal("hello there", client.ReadBody());
    }

    [Fact]
    public void One_path_serves_a_page_to_a_browser_and_a_WebSocket_to_its_script()
    {
        var kit = Serve(RouteTable.Empty.MapShared("/", Handler.Ref).Get("/", PlainResponse.Text(200, "a page")));
        var browser = kit.Dial();

        browser.SendRequest("GET / HTTP/1.1", Host);
        kit.Connect();

        browser.ExpectResponse(200);
        Handler.ExpectOpened();
    }

    [Fact]
    public void A_delegate_answers_from_the_request()
    {
        var kit = Serve(RouteTable.Empty.Get(
            "/hello/{name}",
            static (request, _) => Task.FromResult(PlainResponse.Text(200, $"{request.Path} {request.Query["x"]}"))));
        var client = kit.Dial();

        client.SendRequest("GET /hello/ada?x=1 HTTP/1.1", Host);

        client.ExpectResponse(200);
        Assert.Equal("/hello/ada 1", client.ReadBody());
    }

    private WebSocketTestKit ServePage() =>
        Serve(RouteTable.Empty.MapShared("/", Handler.Ref).Get("/page", PlainResponse.Text(200, "hello there")));
}
