using System.Text;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A request that breaks a rule gets the status of the rule, then the connection closes, and no handler is started.</summary>
public sealed class BadRequestSpec : WebSocketSpec
{
    private const string Host = "Host: 127.0.0.1:8080";
    private const string Upgrade = "Upgrade: websocket";
    private const string Connection = "Connection: Upgrade";
    private const string Version = "Sec-WebSocket-Version: 13";
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private const string Get = "GET / HTTP/1.1";

    [Theory]
    [InlineData("GET /", Host)]
    [InlineData("GET  / HTTP/1.1", Host)]
    [InlineData("G@T / HTTP/1.1", Host)]
    [InlineData("GET /#part HTTP/1.1", Host)]
    [InlineData(Get, "Host : 127.0.0.1")]
    [InlineData(Get, Host, "X: 1", " folded")]
    [InlineData(Get, Host, "no colon")]
    [InlineData(Get, Host, "X: nul\0")]
    [InlineData(Get, Host, "X: bare\nline feed")]
    [InlineData(Get, Host, "X: bare\rcarriage return")]
    [InlineData(Get, Host, ": no name")]
    public void R15_A_malformed_request_is_answered_400(string line, params string[] headers) => ExpectRefusal(400, line, headers);

    [Theory]
    [InlineData("Host", Upgrade, Connection, Version, Key)]
    [InlineData("Connection", Host, Upgrade, Version, Key)]
    [InlineData("Sec-WebSocket-Version", Host, Upgrade, Connection, Key)]
    [InlineData("Sec-WebSocket-Key", Host, Upgrade, Connection, Version)]
    public void R9_A_required_header_that_is_missing_is_answered_400(string name, params string[] others)
    {
        var body = ExpectRefusal(400, Get, others);

        Assert.Contains(name, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host: elsewhere")]
    [InlineData(Host)]
    [InlineData(Version)]
    [InlineData(Key)]
    public void R15_A_required_header_that_is_repeated_is_answered_400(string again) =>
        ExpectRefusal(400, Get, Host, Upgrade, Connection, Version, Key, again);

    [Theory]
    [InlineData("Sec-WebSocket-Key: short")]
    [InlineData("Sec-WebSocket-Key: ")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ")]
    public void A_key_that_is_not_16_bytes_is_answered_400(string key) => ExpectRefusal(400, Get, Host, Upgrade, Connection, Version, key);

    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    public void R15_A_body_on_an_upgrade_is_answered_400(string header) =>
        ExpectRefusal(400, Get, Host, Upgrade, Connection, Version, Key, header);

    [Fact]
    public void An_upgrade_by_HTTP_1_0_is_answered_400() => ExpectRefusal(400, "GET / HTTP/1.0", Host, Upgrade, Connection, Version, Key);

    [Fact]
    public void HTTP_2_is_answered_505() => ExpectRefusal(505, "PRI * HTTP/2.0");

    [Theory]
    [InlineData("POST")]
    [InlineData("HEAD")]
    [InlineData("get")]
    public void An_upgrade_by_another_method_than_GET_is_answered_405_with_Allow(string method)
    {
        var client = Serve().Dial();

        client.SendRequest($"{method} / HTTP/1.1", Host, Upgrade, Connection, Version, Key);

        Assert.Equal("GET", client.ExpectResponse(405).Headers["Allow"]);
        client.Socket.ExpectHalfClose();
    }

    [Theory]
    [InlineData("8")]
    [InlineData("12")]
    [InlineData("14")]
    [InlineData("013")]
    [InlineData("13, 8")]
    [InlineData("thirteen")]
    public void R3_Another_version_than_13_is_answered_426_with_version_13(string version)
    {
        var client = Serve().Dial();

        client.SendRequest(Get, Host, Upgrade, Connection, $"Sec-WebSocket-Version: {version}", Key);

        Assert.Equal("13", client.ExpectResponse(426).Headers["Sec-WebSocket-Version"]);
        client.Socket.ExpectHalfClose();
    }

    [Fact]
    public void A_request_line_of_8_KiB_is_read_and_one_byte_more_is_answered_414()
    {
        const int Most = 8 * 1024;
        var target = "/?" + new string('q', Most - "GET /? HTTP/1.1".Length);
        Serve().Connect(target);
        Handler.ExpectOpened();

        ExpectRefusal(414, $"GET {target}q HTTP/1.1", Host);
    }

    [Fact]
    public void R8_Header_lines_of_32_KiB_are_read_and_one_byte_more_is_answered_431()
    {
        const int Most = 32 * 1024;
        string[] required = [Host, Upgrade, Connection, Version, Key];
        var filler = "X: " + new string('x', Most - required.Sum(static line => line.Length) - "X: ".Length);
        var client = Serve().Dial();
        client.SendRequest(Get, [.. required, filler]);
        client.ExpectUpgrade();
        Handler.ExpectOpened();

        ExpectRefusal(431, Get, [.. required, filler + "x"]);
    }

    [Fact]
    public void R9_A_hundred_headers_are_read_and_one_more_is_answered_431()
    {
        var more = Enumerable.Range(0, 95).Select(static i => $"X-{i}: {i}").ToArray();
        Serve().Connect("/", more);
        Handler.ExpectOpened();

        ExpectRefusal(431, Get, [Host, Upgrade, Connection, Version, Key, .. more, "X-95: 95"]);
    }

    [Fact]
    public void R8_A_head_without_an_end_is_answered_as_soon_as_it_is_too_long()
    {
        var client = Serve().Dial();

        client.Send([.. "GET /"u8, .. Encoding.ASCII.GetBytes(new string('a', 9000))]);

        client.ExpectResponse(414);
    }

    [Fact]
    public void R8_A_request_received_byte_by_byte_is_read_like_a_whole_one()
    {
        var client = Serve().Dial();
        var request = string.Join("\r\n", Get, Host, Upgrade, Connection, Version, Key, "", "");

        client.Send([.. Encoding.ASCII.GetBytes(request).Select(static octet => new[] { octet })]);

        client.ExpectUpgrade();
        Handler.ExpectOpened();
    }

    [Fact]
    public void R15_Bytes_after_a_refused_request_are_not_read_as_another_request()
    {
        var client = Serve().Dial();

        client.Send([.. "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"u8, .. "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8]);

        client.ExpectResponse(404);
        Assert.DoesNotContain("HTTP/1.1", client.ReadBody(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R15_Frames_after_an_upgrade_in_the_same_read_are_delivered_once(bool isGuarded)
    {
        var guard = new TaskCompletionSource<GuardDecision>();
        var client = Serve(route: new WebSocketRouteOptions { Guard = isGuarded ? (_, _) => guard.Task : null }).Dial();

        client.Send([
            .. Encoding.ASCII.GetBytes($"{Get}\r\n{Host}\r\n{Upgrade}\r\n{Connection}\r\n{Version}\r\n{Key}\r\n\r\n"),
            .. ClientProbe.Frame(Opcode.Text, "GET / HTTP/1.1\r\n\r\n"u8.ToArray()),
        ]);
        guard.SetResult(GuardDecision.Accept());

        client.ExpectUpgrade();
        Handler.ExpectOpened();
        Handler.ExpectText("GET / HTTP/1.1\r\n\r\n");
        client.SendText("next");
        Handler.ExpectText("next");
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_path_without_a_route_is_answered_404() =>
        ExpectRefusal(404, "GET /nowhere HTTP/1.1", Host, Upgrade, Connection, Version, Key);

    [Fact]
    public void A_handler_that_cannot_be_created_is_answered_500()
    {
        var kit = Serve(RouteTable.Empty.Map("/", static _ => throw new InvalidOperationException("no Props today")));
        var client = kit.Dial();

        client.RequestUpgrade();

        client.ExpectResponse(500);
        client.Socket.ExpectHalfClose();
    }

    [Fact]
    public void A_delegate_that_throws_is_answered_500()
    {
        var kit = Serve(RouteTable.Empty.Get("/", static (_, _) => throw new InvalidOperationException("no page today")));
        var client = kit.Dial();

        client.SendRequest(Get, Host);

        client.ExpectResponse(500);
        Assert.DoesNotContain("no page today", client.ReadBody(), StringComparison.Ordinal);
    }

    private string ExpectRefusal(int status, string line, params string[] headers)
    {
        var client = Serve(RouteTable.Empty.MapShared("/", Handler.Ref).Get("/plain", PlainResponse.Text(200, "plain"))).Dial();
        client.SendRequest(line, headers);

        client.ExpectResponse(status);
        var body = client.ReadBody();
        client.Socket.ExpectHalfClose();
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
        return body;
    }
}
