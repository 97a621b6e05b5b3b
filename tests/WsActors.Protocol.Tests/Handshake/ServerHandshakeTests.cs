using System.Buffers;
using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>The server's half of the opening handshake, rule by rule (RFC 6455 §4.2).</summary>
public class ServerHandshakeTests
{
    /// <summary>The request of RFC 6455 §1.2.</summary>
    private const string Sample = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n"
        + "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n";

    [Fact]
    public void The_sample_request_of_the_RFC_is_an_offer()
    {
        var offer = AssertOffer(Sample);

        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ==", offer.Key);
        Assert.Equal(new[] { "chat", "superchat" }, offer.Subprotocols);
        Assert.Empty(offer.Extensions);
    }

    [Fact]
    public void The_sample_request_of_the_RFC_gets_the_sample_response()
    {
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
            Accept("chat"));
    }

    [Fact]
    public void Without_a_subprotocol_the_response_has_no_such_header_and_has_the_additional_headers()
    {
        Assert.EndsWith(
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n",
            Accept(null, new("Set-Cookie", "a=b"), new("Set-Cookie", "c=d")), StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_that_the_handshake_writes_itself_are_left_out()
    {
        Assert.Equal(Accept("chat"), Accept("chat",
            new("upgrade", "h2c"), new("Connection", "close"), new("Sec-WebSocket-Accept", "x"), new("Sec-WebSocket-Protocol", "superchat"),
            new("Content-Length", "5"), new("Transfer-Encoding", "chunked")));
    }

    [Theory]
    [InlineData("other")]
    [InlineData("CHAT")]
    [InlineData("")]
    public void A_subprotocol_that_was_not_offered_throws(string subprotocol)
    {
        Assert.Throws<ArgumentException>(() => Accept(subprotocol));
    }

    [Theory]
    [InlineData("Upgrade: websocket", true)]
    [InlineData("upgrade: WebSocket", true)]
    [InlineData("Upgrade: h2c, websocket", true)]
    [InlineData("Upgrade: h2c\r\nUpgrade: websocket", true)]
    [InlineData("Upgrade: websocket\r\nUpgrade: websocket", true)]
    [InlineData("Upgrade: h2c", false)]
    [InlineData("Upgrade: websockets", false)]
    [InlineData("X: websocket", false)]
    public void A_request_wants_a_WebSocket_when_its_upgrade_header_lists_it(string header, bool wanted)
    {
        var request = Heads.AssertRequest(Sample.Replace("Upgrade: websocket", header, StringComparison.Ordinal));

        Assert.Equal(wanted, ServerHandshake.IsUpgrade(request));
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("get")]
    public void A_method_other_than_GET_is_refused_with_405_and_Allow_GET(string method)
    {
        Assert.Equal("GET", AssertRefused(405, "GET /chat", $"{method} /chat").Headers["Allow"]);
    }

    [Fact]
    public void HTTP_1_0_is_refused_with_400()
    {
        AssertRefused(400, "HTTP/1.1", "HTTP/1.0");
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\n", "")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c")]
    public void A_request_without_the_upgrade_is_refused_with_426_and_Upgrade(string part, string instead)
    {
        Assert.Equal("websocket", AssertRefused(426, part, instead).Headers["Upgrade"]);
    }

    [Theory]
    [InlineData("Connection: Upgrade", "Connection: keep-alive, UPGRADE")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive\r\nConnection: upgrade")]
    [InlineData("Connection: Upgrade", "Connection: Upgrade\r\nConnection: Upgrade")]
    [InlineData("Upgrade: websocket", "Upgrade: websocket\r\nConnection: Upgrade\r\nUpgrade: websocket")]
    public void Connection_lists_upgrade_among_others(string part, string instead)
    {
        AssertOffer(Sample.Replace(part, instead, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("100-continue")]
    [InlineData("something else")]
    public void An_Expect_header_without_a_body_is_ignored(string expected) =>
        // RFC 9110 §10.1.1: a server may omit the 100 if there is no body.
        AssertOffer(Sample.Replace("Upgrade: websocket", $"Upgrade: websocket\r\nExpect: {expected}", StringComparison.Ordinal));

    [Theory]
    [InlineData("Connection: Upgrade\r\n", "")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive")]
    [InlineData("Connection: Upgrade", "Connection: upgraded")]
    public void A_connection_header_without_upgrade_is_refused_with_400(string part, string instead)
    {
        AssertRefused(400, part, instead);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Version: 13\r\n")]
    public void A_missing_or_repeated_version_is_refused_with_400(string instead)
    {
        AssertRefused(400, "Sec-WebSocket-Version: 13\r\n", instead);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("Sec-WebSocket-Key:\r\n")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE=\r\n")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTEy\r\n")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBs ZSBub25jZQ=\r\n")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ_==\r\n")]
    [InlineData("Sec-WebSocket-Key: ========================\r\n")]
    [InlineData("Sec-WebSocket-Key: \u00e9GhlIHNhbXBsZSBub25jZQ==\r\n")]
    public void A_key_that_is_not_one_base64_of_16_bytes_is_refused_with_400(string instead)
    {
        AssertRefused(400, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", instead);
    }

    [Theory]
    [InlineData("AQIDBAUGBwgJCgsMDQ4PEC==")] // RFC 6455 §4.1 shows it.
    [InlineData("dGhlIHNhbXBsZSBub25jZf==")]
    public void A_key_of_16_bytes_is_accepted_and_answered_in_the_form_sent(string key)
    {
        var offer = AssertOffer(Sample.Replace("dGhlIHNhbXBsZSBub25jZQ==", key, StringComparison.Ordinal));

        Assert.Equal(key, offer.Key);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Sec-WebSocket-Protocol:\r\n", "")]
    [InlineData("Sec-WebSocket-Protocol: , \r\nSec-WebSocket-Protocol:\r\n", "")]
    [InlineData("Sec-WebSocket-Protocol:\r\nSec-WebSocket-Protocol: a,\r\n", "a")]
    [InlineData("Sec-WebSocket-Protocol: a\r\n", "a")]
    [InlineData("Sec-WebSocket-Protocol: b , a\r\nSec-WebSocket-Protocol: c\r\n", "b,a,c")]
    [InlineData("Sec-WebSocket-Protocol: a, A\r\n", "a,A")]
    public void Subprotocols_may_come_in_several_headers(string headers, string expected)
    {
        var offer = AssertOffer(Sample.Replace("Sec-WebSocket-Protocol: chat, superchat\r\n", headers, StringComparison.Ordinal));

        Assert.Equal(expected, string.Join(',', offer.Subprotocols));
    }

    [Theory]
    [InlineData("Sec-WebSocket-Protocol: a b\r\n")]
    [InlineData("Sec-WebSocket-Protocol: a/b\r\n")]
    [InlineData("Sec-WebSocket-Protocol: a, a\r\n")]
    [InlineData("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n")]
    public void Subprotocols_that_are_not_distinct_tokens_are_refused_with_400(string headers)
    {
        AssertRefused(400, "Sec-WebSocket-Protocol: chat, superchat\r\n", headers);
    }

    [Fact]
    public void Of_several_violations_the_first_of_the_RFC_is_reported()
    {
        AssertRefused(405, "GET /chat HTTP/1.1\r\n", "POST /chat HTTP/1.0\r\nSec-WebSocket-Protocol: a b\r\n");
        AssertRefused(426, "Upgrade: websocket\r\n", "Sec-WebSocket-Protocol: a b\r\n");
        AssertRefused(426, "Upgrade: websocket\r\n", "Sec-WebSocket-Extensions: ;\r\n");
    }

    [Theory]
    [InlineData("Connection: Upgrade", "Connection:\r\nConnection: , Upgrade,")]
    [InlineData("Upgrade: websocket", "Upgrade:\r\nUpgrade: websocket,")]
    [InlineData("Origin: http://example.com", "Sec-WebSocket-Extensions:\r\nSec-WebSocket-Extensions: , ")]
    public void Empty_elements_of_a_list_header_are_ignored(string part, string instead)
    {
        Assert.Empty(AssertOffer(Sample.Replace(part, instead, StringComparison.Ordinal)).Extensions);
    }

    [Theory]
    [InlineData("Upgrade: websocket", "Upgrade: web\u017focket", 426)]
    [InlineData("Upgrade: websocket", "Upgrade: websoc\u212aet", 426)]
    public void Unicode_look_alikes_of_token_letters_do_not_match(string part, string instead, int status)
    {
        AssertRefused(status, part, Heads.Utf8(instead));
    }

    [Fact]
    public void An_upgrade_with_an_empty_host_is_refused_with_400()
    {
        AssertRefused(400, "Host: server.example.com", "Host:");
        AssertOffer(Sample.Replace("GET /chat", "GET http://server.example.com/chat", StringComparison.Ordinal)
            .Replace("Host: server.example.com", "Host:", StringComparison.Ordinal));
    }

    [Fact]
    public void Extension_offers_are_read_from_all_lines()
    {
        const string extensions =
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x\r\nSec-WebSocket-Extensions: y";

        var offer = AssertOffer(Sample.Replace("Origin: http://example.com", extensions, StringComparison.Ordinal));

        Assert.Equal(new[] { "permessage-deflate", "x", "y" }, offer.Extensions.Select(static extension => extension.Name));
    }

    [Fact]
    public void Extensions_that_break_the_grammar_are_refused_with_400()
    {
        AssertRefused(400, "Sec-WebSocket-Protocol: chat, superchat\r\n", "Sec-WebSocket-Extensions: y;;\r\n");
    }

    [Fact]
    public void ToString_of_an_offer_has_no_subprotocols()
    {
        Assert.DoesNotContain("chat", AssertOffer(Sample).ToString(), StringComparison.Ordinal);
        Assert.Contains("2 subprotocols", AssertOffer(Sample).ToString(), StringComparison.Ordinal);
    }

    private static UpgradeOffer AssertOffer(string wire)
    {
        Assert.True(ServerHandshake.Check(Heads.AssertRequest(wire), out var offer, out var refusal), refusal?.Reason);
        return offer;
    }

    private static Refusal AssertRefused(int status, string part, string instead)
    {
        var request = Heads.AssertRequest(Sample.Replace(part, instead, StringComparison.Ordinal));

        Assert.False(ServerHandshake.Check(request, out _, out var refusal));
        Assert.Equal(status, refusal.Status);
        Heads.AssertSentence(refusal.Reason);
        return refusal;
    }

    private static string Accept(string? subprotocol, params HttpHeader[] headers)
    {
        var output = new ArrayBufferWriter<byte>();
        ServerHandshake.WriteAccept(output, AssertOffer(Sample), subprotocol, headers);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
