using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>Requests that broke WebSocket servers by their content, each with the number of its rule.</summary>
public class HostileRequestTests
{
    private const string Valid = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    [Theory]
    [InlineData("8")]
    [InlineData("0")]
    [InlineData("14")]
    [InlineData("013")]
    [InlineData("13, 8")]
    [InlineData("")]
    public void R3_any_version_but_13_is_refused_with_426_and_version_13(string version)
    {
        var request = Heads.AssertRequest(Valid.Replace("Version: 13", $"Version: {version}", StringComparison.Ordinal));

        Assert.False(ServerHandshake.Check(request, out _, out var refusal));
        Assert.Equal(426, refusal.Status);
        Heads.AssertSentence(refusal.Reason);
        Assert.Equal("13", refusal.Headers["Sec-WebSocket-Version"]);
        Assert.Equal("websocket", refusal.Headers["Upgrade"]);
    }

    [Fact]
    public void R9_too_many_headers_are_431_and_a_missing_one_is_400()
    {
        var many = string.Concat(Enumerable.Repeat("X: y\r\n", 101));
        Heads.AssertRefusedWith(431, Valid.Replace("Upgrade: websocket\r\n", many, StringComparison.Ordinal));
        foreach (var name in new[] { "Connection", "Sec-WebSocket-Version", "Sec-WebSocket-Key" })
        {
            var lines = Valid.Split("\r\n").Where(line => !line.StartsWith(name + ":", StringComparison.Ordinal));

            Assert.False(ServerHandshake.Check(Heads.AssertRequest(string.Join("\r\n", lines)), out _, out var refusal));
            Assert.Equal(400, refusal.Status);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n")]
    [InlineData("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: y\nZ: z\r\n\r\n")]
    public void R15_a_bare_line_feed_is_refused_with_400(string wire)
    {
        Heads.AssertRefusedWith(400, wire);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\rHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: y\rZ: z\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n")]
    public void R15_a_bare_carriage_return_is_refused_with_400(string wire)
    {
        Heads.AssertRefusedWith(400, wire);
    }

    [Fact]
    public void R15_a_bare_carriage_return_is_refused_at_the_next_byte_in_any_chunk()
    {
        Assert.Equal(Heads.Nothing, Heads.ReadRequest([Heads.Wire("GET / HTTP/1.1\r")]));
        Assert.StartsWith("400 ", Heads.ReadRequest([Heads.Wire("GET / HTTP/1.1\r"), Heads.Wire("x")]), StringComparison.Ordinal);
    }

    [Fact]
    public void R15_any_other_control_character_is_refused_with_400_at_any_position()
    {
        const string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        var controls = Enumerable.Range(0, 32).Append(0x7F).Select(static c => (char)c).Except(['\t', '\r', '\n']);
        foreach (var control in controls)
        {
            for (var at = 0; at < request.Length; at++)
            {
                Heads.AssertRefusedWith(400, request.Insert(at, control.ToString()));
            }
        }
    }

    [Theory]
    [InlineData("X: y\r\n folded")]
    [InlineData("X: y\r\n\tfolded")]
    [InlineData("X: y\r\n ")]
    public void R15_a_folded_line_is_refused_with_400(string lines)
    {
        Heads.AssertRefusedWith(400, $"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");
    }

    [Fact]
    public void R15_a_space_before_the_colon_is_refused_with_400()
    {
        Heads.AssertRefusedWith(400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
    }

    [Theory]
    [InlineData("HTTP/1.1", "Host: a\r\nHost: a\r\n")]
    [InlineData("HTTP/1.1", "Host: a\r\nhOST: b\r\n")]
    [InlineData("HTTP/1.0", "Host: a\r\nHost: b\r\n")]
    public void R15_a_second_host_is_refused_with_400(string version, string hosts)
    {
        Heads.AssertRefusedWith(400, $"GET / {version}\r\n{hosts}\r\n");
    }

    [Fact]
    public void R15_a_missing_host_is_refused_with_400_except_in_the_http_1_0_of_health_probes()
    {
        Heads.AssertRefusedWith(400, "GET / HTTP/1.1\r\n\r\n");
        Heads.AssertRefusedWith(400, "GET http://a/ HTTP/1.1\r\n\r\n");
        Assert.Null(Heads.AssertRequest("GET /healthz HTTP/1.0\r\n\r\n").Host);
    }

    [Theory]
    [InlineData("Content-Length: 1")]
    [InlineData("Content-Length: 00")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 0, 0")]
    [InlineData("Content-Length: 0\r\nContent-Length: 5")]
    [InlineData("Content-Length:")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("transfer-encoding: identity")]
    [InlineData("Transfer-Encoding:")]
    public void R15_an_announced_body_is_refused_with_400(string header)
    {
        Heads.AssertRefusedWith(400, $"GET / HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n");
        Heads.AssertRefusedWith(400, $"HEAD / HTTP/1.0\r\n{header}\r\n\r\n");

        // For a method that is never served, the 405 behind the parser names the method.
        Assert.Equal("POST", Heads.AssertRequest($"POST / HTTP/1.0\r\n{header}\r\n\r\n").Method);
    }

    [Fact]
    public void R15_an_announced_body_of_no_bytes_is_accepted()
    {
        Heads.AssertRequest("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    }

    [Fact]
    public void A_tls_client_on_a_plain_port_is_refused_at_its_first_byte()
    {
        Heads.AssertRefusedWith(400, "\u0016");
    }
}
