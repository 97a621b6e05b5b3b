using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>Both sides of each limit, for requests and for responses.</summary>
public class RequestLimitsTests
{
    private const string HostLine = "Host: a";

    [Fact]
    public void The_defaults_match_the_documentation()
    {
        Assert.Equal(new RequestLimits { MaxRequestLineBytes = 8192, MaxHeaderBytes = 32768, MaxHeaders = 100 }, new RequestLimits());
    }

    [Theory]
    [InlineData(18)]
    [InlineData(8192)]
    public void A_request_line_at_the_limit_passes_and_one_byte_more_is_refused_with_414(int limit)
    {
        var limits = new RequestLimits { MaxRequestLineBytes = limit };
        var path = "/" + new string('x', limit - "GET / HTTP/1.1".Length);

        Heads.AssertRequest($"GET {path} HTTP/1.1\r\n{HostLine}\r\n\r\n", limits);
        Heads.AssertRefusedWith(414, $"GET {path}x HTTP/1.1\r\n{HostLine}\r\n\r\n", limits);
    }

    [Fact]
    public void A_request_line_without_an_end_is_refused_with_414_at_the_byte_beyond_the_limit()
    {
        var limits = new RequestLimits { MaxRequestLineBytes = 64 };

        Assert.Null(Heads.Parse(new string('x', 64), limits));
        Assert.Contains("request line", Heads.AssertRefusedWith(414, new string('x', 65), limits).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32768)]
    public void Header_bytes_at_the_limit_pass_and_one_byte_more_is_refused_with_431(int limit)
    {
        var limits = new RequestLimits { MaxHeaderBytes = limit };
        var header = "X:" + new string('x', limit - HostLine.Length - "X:".Length);

        Heads.AssertRequest($"GET / HTTP/1.1\r\n{HostLine}\r\n{header}\r\n\r\n", limits);
        Heads.AssertRefusedWith(431, $"GET / HTTP/1.1\r\n{HostLine}\r\n{header}x\r\n\r\n", limits);
    }

    [Fact]
    public void A_header_without_an_end_is_refused_with_431_at_the_byte_beyond_the_limit()
    {
        var limits = new RequestLimits { MaxHeaderBytes = 64 };

        Assert.Null(Heads.Parse("GET / HTTP/1.1\r\n" + new string('x', 64), limits));
        Heads.AssertRefusedWith(431, "GET / HTTP/1.1\r\n" + new string('x', 65), limits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void As_many_headers_as_the_limit_pass_and_one_more_is_refused_with_431(int limit)
    {
        var limits = new RequestLimits { MaxHeaders = limit };
        var others = string.Concat(Enumerable.Repeat("X: y\r\n", limit - 1));

        Assert.Equal(limit, Heads.AssertRequest($"GET / HTTP/1.1\r\n{HostLine}\r\n{others}\r\n", limits).Headers.Count);
        Heads.AssertRefusedWith(431, $"GET / HTTP/1.1\r\n{HostLine}\r\n{others}X: y\r\n\r\n", limits);
    }

    [Fact]
    public void A_response_has_the_same_limits()
    {
        var limits = new RequestLimits { MaxRequestLineBytes = 16, MaxHeaderBytes = 8, MaxHeaders = 2 };

        Assert.IsType<ResponseHead>(Heads.ParseResponse("HTTP/1.1 200 abc\r\nA: b\r\nC: d\r\n\r\n", limits));
        var tooLong = Heads.AssertBadResponse("HTTP/1.1 200 abcd\r\n", limits);
        Assert.Contains("status line", tooLong.Reason, StringComparison.Ordinal);
        Heads.AssertBadResponse("HTTP/1.1 200 abc\r\nA: b\r\nC: de\r\n", limits);
        Heads.AssertBadResponse("HTTP/1.1 200 abc\r\nA:\r\nC:\r\nE:\r\n", limits);
    }
}
