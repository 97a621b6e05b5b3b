using System.Buffers;
using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>The client's half of the opening handshake, rule by rule (RFC 6455 §4.1).</summary>
public class ClientHandshakeTests
{
    [Fact]
    public void The_request_is_that_of_the_RFC_with_the_caller_s_headers_last()
    {
        var origin = new HttpHeader("Origin", "http://example.com");
        var client = new ClientHandshake("server.example.com:8080", "/chat?x=1", ["chat", "superchat"], origin);

        Assert.Equal(
            "GET /chat?x=1 HTTP/1.1\r\nHost: server.example.com:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: {client.Key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\n"
            + "Origin: http://example.com\r\n\r\n",
            Request(client));
    }

    [Fact]
    public void Headers_that_the_handshake_writes_itself_are_left_out()
    {
        HttpHeaders own =
        [
            new("host", "b"), new("Upgrade", "h2c"), new("Connection", "close"), new("Sec-WebSocket-Key", "x"),
            new("Sec-WebSocket-Version", "8"), new("Sec-WebSocket-Protocol", "x"), new("Content-Length", "5"),
            new("Transfer-Encoding", "chunked"),
        ];

        Assert.DoesNotContain("Sec-WebSocket-Protocol", Request(new("a", "/", [])), StringComparison.Ordinal);
        Assert.Equal(Request(new("a", "/", [])).Length, Request(new("a", "/", [], own)).Length);
    }

    [Fact]
    public void The_servers_handshake_accepts_the_request_and_the_clients_its_response()
    {
        var client = new ClientHandshake("a", "/", ["chat"]);
        var output = new ArrayBufferWriter<byte>();

        Assert.True(ServerHandshake.Check(Heads.AssertRequest(Request(client)), out var offer, out _));
        ServerHandshake.WriteAccept(output, offer, "chat", []);

        Assert.Null(Check(client, Encoding.Latin1.GetString(output.WrittenSpan), out var subprotocol));
        Assert.Equal("chat", subprotocol);
    }

    [Theory]
    [InlineData("S\u00f8rina")]
    [InlineData("\u00c3\u00b8")]
    [InlineData("\u560d\u560a \ud83d\ude00")]
    public void A_header_value_is_written_as_UTF_8_and_read_unchanged(string value)
    {
        var wire = Request(new("a", "/", [], new HttpHeader("X-User", value)));

        Assert.Contains($"\r\nX-User: {Heads.Utf8(value)}\r\n\r\n", wire, StringComparison.Ordinal);
        Assert.Equal(value, Heads.AssertRequest(wire).Headers["X-User"]);
    }

    [Fact]
    public void Each_handshake_has_its_own_16_random_bytes()
    {
        Assert.Equal(100, Enumerable.Range(0, 100).Select(static _ => new ClientHandshake("a", "/", []).Key).Distinct().Count());
        Assert.Equal(16, Convert.FromBase64String(new ClientHandshake("a", "/", []).Key).Length);
    }

    [Theory]
    [InlineData("a\r\nX: y", "/", "p")]
    [InlineData("", "/", "p")]
    [InlineData("user@a", "/", "p")]
    [InlineData("a", "", "p")]
    [InlineData("a", "x", "p")]
    [InlineData("a", "http://a/", "p")]
    [InlineData("a", "/ HTTP/1.1\r\nX: y", "p")]
    [InlineData("a", "/\u00e9", "p")]
    [InlineData("a", "/#x", "p")]
    [InlineData("a", "/", "p q")]
    [InlineData("a", "/", "")]
    public void An_unsendable_argument_throws(string authority, string target, string subprotocol)
    {
        Assert.Throws<ArgumentException>(() => new ClientHandshake(authority, target, [subprotocol]));
    }

    [Fact]
    public void A_repeated_subprotocol_throws()
    {
        Assert.Throws<ArgumentException>(() => new ClientHandshake("a", "/", ["p", "p"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-WebSocket-Protocol: superchat\r\n", "superchat")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n")]
    [InlineData("Sec-WebSocket-Extensions: , permessage-deflate , ,\r\n")]
    [InlineData("Sec-WebSocket-Extensions:\r\n")]
    [InlineData("Sec-WebSocket-Protocol:\r\n")]
    [InlineData("Sec-WebSocket-Protocol: ,\r\nSec-WebSocket-Protocol:\r\n")]
    [InlineData("Sec-WebSocket-Protocol:\r\nSec-WebSocket-Protocol: chat,\r\n", "chat")]
    [InlineData("Upgrade:\r\nConnection:\r\n")]
    [InlineData("Server: x\r\n")]
    public void A_response_within_the_offer_opens_the_connection(string more, string? chosen = null)
    {
        const string accepted =
            "HTTP/1.1 101 x\r\nupgrade: WebSocket\r\nconnection: keep-alive, UPGRADE\r\nSec-WebSocket-Accept: {accept}\r\n";

        Assert.Null(Check(Asking(), $"{accepted}{more}\r\n", out var subprotocol));
        Assert.Equal(chosen, subprotocol);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 x", "HTTP/1.1 200 OK", "status 200")]
    [InlineData("HTTP/1.1 101 x", "HTTP/1.1 403 Forbidden", "status 403")]
    [InlineData("HTTP/1.1 101 x", "HTTP/1.1 299 x", "refused")]
    [InlineData("HTTP/1.1 101 x", "HTTP/1.1 300 x", "not followed")]
    [InlineData("HTTP/1.1 101 x", "HTTP/1.1 399 x", "not followed")]
    [InlineData("HTTP/1.1 101 x", "HTTP/1.1 400 x", "refused")]
    [InlineData("HTTP/1.1 101 x", "HTTP/1.1 301 Moved\r\nLocation: http://b/", "not followed")]
    [InlineData("Upgrade: websocket\r\n", "", "does not upgrade")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c", "does not upgrade")]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\r\nUpgrade: websocket", "does not upgrade")]
    [InlineData("Upgrade: websocket", "Upgrade: websocket, h2c", "does not upgrade")]
    [InlineData("Upgrade: websocket", "Upgrade: ,", "does not upgrade")]
    [InlineData("Connection: Upgrade\r\n", "", "Connection")]
    [InlineData("Connection: Upgrade", "Connection: close", "Connection")]
    [InlineData("Sec-WebSocket-Accept: {accept}\r\n", "", "Sec-WebSocket-Accept")]
    [InlineData("{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Accept")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Accept: {accept}", "Sec-WebSocket-Accept")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Protocol: other", "subprotocol")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Protocol: CHAT", "subprotocol")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Protocol: chat, superchat", "subprotocol")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat", "subprotocol")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Extensions: x-other", "extension")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Extensions: permessage-deflate, x-other", "extension")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Extensions: permessage-deflate; x", "extension")]
    [InlineData("{accept}", "{accept}\r\nSec-WebSocket-Extensions: permessage-deflate;", "extension")]
    public void Any_other_response_fails_the_connection_with_a_sentence(string part, string instead, string reason)
    {
        const string accepted = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

        var failure = Check(Asking(), accepted.Replace(part, instead, StringComparison.Ordinal), out var subprotocol);

        Assert.Contains(reason, failure, StringComparison.Ordinal);
        Assert.Null(subprotocol);
    }

    private static ClientHandshake Asking() =>
        new("a", "/", ["chat", "superchat"]) { Compression = new(KeepsContext: true) };

    /// <summary>Null when accepted. <c>{accept}</c> in the response stands for the right answer to the random key.</summary>
    private static string? Check(ClientHandshake client, string response, out string? subprotocol)
    {
        var wire = response.Replace("{accept}", AcceptKey.For(client.Key), StringComparison.Ordinal);
        var isAccepted = client.Check(Assert.IsType<ResponseHead>(Heads.ParseResponse(wire)), out var agreement, out var failure);
        Assert.Equal(failure is null, isAccepted);
        subprotocol = agreement?.Subprotocol;
        return failure;
    }

    private static string Request(ClientHandshake client)
    {
        var output = new ArrayBufferWriter<byte>();
        client.WriteRequest(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
