using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

public class ResponseParserTests
{
    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols", 101)]
    [InlineData("HTTP/1.0 200 OK", 200)]
    [InlineData("HTTP/1.1 404 ", 404)]
    [InlineData("HTTP/1.1 404", 404)]
    [InlineData("HTTP/1.1 999 any phrase \u00e9", 999)]
    public void A_status_line_is_a_version_and_three_digits(string line, int status)
    {
        Assert.Equal(status, Assert.IsType<ResponseHead>(Heads.ParseResponse($"{line}\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData("HTTP/2.0 101 x")]
    [InlineData("HTTP/1.1  101 x")]
    [InlineData("HTTP/1.1 1011")]
    [InlineData("HTTP/1.1 10")]
    [InlineData("HTTP/1.1 099 x")]
    [InlineData("HTTP/1.1 1x1 x")]
    [InlineData("http/1.1 101 x")]
    [InlineData("ICY 200 OK")]
    [InlineData("")]
    [InlineData("<html>")]
    public void Any_other_first_line_is_a_bad_response_before_any_header(string line)
    {
        Heads.AssertBadResponse($"{line}\r\n");
    }

    [Theory]
    [InlineData("X: y\n")]
    [InlineData("X : y\r\n")]
    [InlineData(" folded\r\n")]
    [InlineData("X: \0\r\n")]
    public void Headers_are_read_as_strictly_as_those_of_a_request(string line)
    {
        Heads.AssertBadResponse($"HTTP/1.1 101 x\r\nA: b\r\n{line}");
    }

    [Fact]
    public void A_tls_server_is_a_bad_response_at_its_first_byte()
    {
        Heads.AssertBadResponse("\u0015\u0003\u0001");
    }

    [Fact]
    public void After_its_fact_the_parser_consumes_no_byte()
    {
        var parser = new ResponseParser(new());
        ReadOnlySpan<byte> bytes = Heads.Wire("HTTP/1.1 101 x\r\n\r\n\u0081\u0000");

        Assert.True(parser.TryRead(ref bytes, out _));
        Assert.False(parser.TryRead(ref bytes, out _));
        Assert.Equal("8100", Convert.ToHexString(bytes));
    }
}
