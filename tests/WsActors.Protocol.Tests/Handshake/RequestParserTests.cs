using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>The grammar of a request (RFC 9112), rule by rule: accepted input, and refused input with its status.</summary>
public class RequestParserTests
{
    [Fact]
    public void A_plain_request_is_read_as_it_was_sent()
    {
        var request = Heads.AssertRequest("GET /chat?room=1 HTTP/1.1\r\nHost: example.com:8080\r\nX-Tab:\t padded \t\r\nX-Empty:\r\n\r\n");

        Assert.Equal("GET", request.Method);
        Assert.Equal("/chat?room=1", request.Target);
        Assert.Equal("/chat", request.Path);
        Assert.Equal("room=1", request.Query.Raw);
        Assert.Equal(new Version(1, 1), request.Version);
        Assert.Equal("example.com:8080", request.Host);
        Assert.Equal(new[] { "Host", "X-Tab", "X-Empty" }, request.Headers.Select(static header => header.Name));
        Assert.Equal("padded", request.Headers["x-tab"]);
        Assert.Equal("", request.Headers["x-empty"]);
        Assert.Null(request.Headers["x-none"]);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("get")]
    [InlineData("M-SEARCH")]
    public void Any_token_is_a_method(string method)
    {
        Assert.Equal(method, Heads.AssertRequest($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n").Method);
    }

    [Theory]
    [InlineData("HTTP/1.0", 0)]
    [InlineData("HTTP/1.1", 1)]
    [InlineData("HTTP/1.9", 1)]
    public void An_unknown_minor_version_is_read_as_1_1(string version, int minor)
    {
        Assert.Equal(new Version(1, minor), Heads.AssertRequest($"GET / {version}\r\nHost: a\r\n\r\n").Version);
    }

    [Theory]
    [InlineData("HTTP/2.0")]
    [InlineData("HTTP/0.9")]
    [InlineData("HTTP/3.0")]
    [InlineData("HTTP/9.0")]
    public void Another_major_version_is_refused_with_505(string version)
    {
        Heads.AssertRefusedWith(505, $"GET / {version}\r\nHost: a\r\n\r\n");
    }

    [Fact]
    public void The_preface_of_http_2_is_refused_with_505()
    {
        Heads.AssertRefusedWith(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    }

    [Theory]
    [InlineData("http/1.1")]
    [InlineData("HTTP/1")]
    [InlineData("HTTP/1.")]
    [InlineData("HTTP/11.1")]
    [InlineData("HTTP/1.10")]
    [InlineData("HTTP/1,1")]
    [InlineData("HTTP/x.1")]
    [InlineData("HTTP/1.x")]
    [InlineData("HTTPS/1.1")]
    [InlineData("HTTP/1.1 ")]
    [InlineData("")]
    public void A_malformed_version_is_refused_with_400(string version)
    {
        Heads.AssertRefusedWith(400, $"GET / {version}\r\nHost: a\r\n\r\n");
    }

    [Theory]
    [InlineData("GET /\r\n")]
    [InlineData("GET HTTP/1.1\r\n")]
    [InlineData("GET\r\n")]
    [InlineData(" GET / HTTP/1.1\r\n")]
    [InlineData("GET  / HTTP/1.1\r\n")]
    [InlineData("GET /  HTTP/1.1\r\n")]
    [InlineData("GET\t/ HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\t\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\n")]
    [InlineData("G@T / HTTP/1.1\r\n")]
    [InlineData("G\u00c4T / HTTP/1.1\r\n")]
    public void A_malformed_request_line_is_refused_with_400_before_any_header(string line)
    {
        Heads.AssertRefusedWith(400, line);
    }

    [Fact]
    public void One_empty_line_before_the_request_is_ignored_and_a_second_is_refused_with_400()
    {
        Heads.AssertRequest("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Heads.AssertRefusedWith(400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/a/b%20c/?x={y}|\"'")]
    [InlineData("//double")]
    [InlineData("http://a")]
    [InlineData("HTTPS://a:443/x")]
    [InlineData("ws://[::1]:80?q")]
    [InlineData("wss://a.b/c?d")]
    public void Origin_form_and_absolute_form_are_targets(string target)
    {
        Assert.Equal(target, Heads.AssertRequest($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n").Target);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("example.com:443")]
    [InlineData("path")]
    [InlineData("?query")]
    [InlineData("/page#part")]
    [InlineData("#")]
    [InlineData("ftp://a/")]
    [InlineData("http:/a")]
    [InlineData("http://")]
    [InlineData("http:///path")]
    [InlineData("http://user@a/")]
    [InlineData("http://a:x/")]
    [InlineData("://a/")]
    [InlineData("/caf\u00e9")]
    [InlineData("/\u0080")]
    [InlineData("/\u00a0")]
    public void Any_other_target_is_refused_with_400(string target)
    {
        Heads.AssertRefusedWith(400, $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    [Theory]
    [InlineData("X-No-Colon")]
    [InlineData(": no name")]
    [InlineData("Space : before the colon")]
    [InlineData("Tab\t: before the colon")]
    [InlineData("Two words: x")]
    [InlineData("N\u00e4me: x")]
    [InlineData("(comment): x")]
    [InlineData(" Leading: x")]
    public void A_malformed_header_line_is_refused_with_400_at_its_end(string line)
    {
        Heads.AssertRefusedWith(400, $"GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n");
    }

    [Fact]
    public void A_header_value_may_hold_colons_tabs_and_bytes_above_ascii()
    {
        var request = Heads.AssertRequest("GET / HTTP/1.1\r\nHost: a\r\nX: a: b\tc \u00e9\u00ff\r\n\r\n");

        Assert.Equal("a: b\tc \u00e9\u00ff", request.Headers["X"]);
    }

    [Theory]
    [InlineData("S\u00f8rina")]
    [InlineData("\u6f22\u5b57 \ud83d\ude00")]
    [InlineData("\u00c3\u00b8")]
    public void A_header_value_of_valid_UTF_8_is_decoded_as_UTF_8(string value)
    {
        string[] values = [value, new string('x', 300) + value];
        foreach (var header in values)
        {
            Assert.Equal(
                header, Heads.AssertRequest($"GET / HTTP/1.1\r\nHost: a\r\nX-User: {Heads.Utf8(header)}\r\n\r\n").Headers["X-User"]);
            Assert.Equal(
                header,
                Assert.IsType<ResponseHead>(
                    Heads.ParseResponse($"HTTP/1.1 200 OK\r\nX-User: {Heads.Utf8(header)}\r\n\r\n")).Headers["X-User"]);
        }
    }

    [Theory]
    [InlineData("\u00f8")] // no UTF-8 at all
    [InlineData("S\u00f8rina \u00c3\u00b8")] // one character of Latin-1, one of UTF-8
    [InlineData("\u00c0\u00af")] // an overlong slash
    [InlineData("\u00ed\u00a0\u0080")] // half of a surrogate pair
    [InlineData("\u00c3")] // cut
    public void A_header_value_of_invalid_UTF_8_is_decoded_as_Latin_1(string value)
    {
        Assert.Equal(value, Heads.AssertRequest($"GET / HTTP/1.1\r\nHost: a\r\nX-User: {value}\r\n\r\n").Headers["X-User"]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("example.com")]
    [InlineData("example.com:")]
    [InlineData("EXAMPLE.com:65535")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]")]
    [InlineData("[2001:db8::1]:8080")]
    [InlineData("under_score")]
    public void A_host_may_be_a_name_or_an_address_with_a_port(string host)
    {
        Assert.Equal(host, Heads.AssertRequest($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").Host);
    }

    [Theory]
    [InlineData("Host:")]
    [InlineData("Host: \t")]
    public void A_host_may_be_empty(string header)
    {
        Assert.Equal("", Heads.AssertRequest($"GET /health/ready HTTP/1.1\r\n{header}\r\n\r\n").Host);
    }

    [Theory]
    [InlineData(":80")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a@b")]
    [InlineData("a:b")]
    [InlineData("a:1:2")]
    [InlineData("a:123456")]
    [InlineData("a\\b")]
    [InlineData("\u00e9")]
    [InlineData("[]")]
    [InlineData("[::1")]
    [InlineData("[::1]x")]
    [InlineData("[x]")]
    [InlineData("::1")]
    public void A_malformed_host_is_refused_with_400(string host)
    {
        Heads.AssertRefusedWith(400, $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
    }

    [Fact]
    public void After_its_fact_the_parser_consumes_no_byte()
    {
        var parser = new RequestParser(new());
        ReadOnlySpan<byte> bytes = Heads.Wire("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n");

        Assert.True(parser.TryRead(ref bytes, out _));
        var left = bytes.Length;
        Assert.False(parser.TryRead(ref bytes, out var second));
        Assert.Null(second);
        Assert.Equal(left, bytes.Length);
    }

    [Fact]
    public void Empty_input_gives_no_fact()
    {
        Assert.Null(Heads.Parse(""));
    }
}
