using System.Net;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>R20: no client behind a trusted proxy chooses the address that it is seen by, nor hides behind the proxy's own.</summary>
public sealed class ForwardedHeadersSpec : WebSocketSpec
{
    private static readonly IPAddress Proxy = IPAddress.Parse("10.0.0.1");

    [Theory]
    [InlineData("Forwarded: for=6.6.6.6;x=\", for=1.2.3.4;proto=https;host=example.com")]
    [InlineData("Forwarded: for=192.0.2.1;host=a b, for=192.0.2.2")]
    [InlineData("Forwarded: for=198.51.100.1, for = 203.0.113.9")]
    [InlineData("Forwarded: for=\"203.0.113.9")]
    [InlineData("Forwarded: for=\"", "Forwarded: for=10.0.0.7")]
    [InlineData("Forwarded: for=\"\"")]
    public void R20_A_malformed_Forwarded_is_answered_400_and_never_counts_as_the_proxy(params string[] forwarded) =>
        Dial(forwarded).ExpectResponse(400);

    [Theory]
    [InlineData("192.0.2.43:99999")]
    [InlineData("192.0.2.43:")]
    [InlineData("192.0.2.43:000080")]
    [InlineData("192.0.2.43:_")]
    [InlineData("192.0.2.43:_a b")]
    [InlineData("192.0.2.43:80:80")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]80")]
    [InlineData("[[2001:db8::1]]")]
    [InlineData("[192.0.2.43]")]
    [InlineData("010.0.0.1")]
    [InlineData("192.0.2")]
    [InlineData("1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("::ffff:010.0.0.1")]
    [InlineData("2001:db8::1/64")]
    [InlineData("example.org")]
    [InlineData("unknown-to-me")]
    public void R20_A_client_that_a_trusted_proxy_names_by_no_address_is_answered_400(string client)
    {
        Dial($"X-Forwarded-For: {client}").ExpectResponse(400);
        Dial($"X-Forwarded-For: {client}, 10.0.0.7").ExpectResponse(400);
        Dial($"Forwarded: for=\"{client}\"").ExpectResponse(400);
    }

    [Theory]
    [InlineData("192.0.2.43:_gazonk", "192.0.2.43")]
    [InlineData("[2001:db8::1]:_x.-_9", "2001:db8::1")]
    [InlineData("192.0.2.43:0", "192.0.2.43")]
    [InlineData("[2001:db8::1]:65535", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[::ffff:192.0.2.43]:80", "192.0.2.43")]
    [InlineData("unknown", "10.0.0.1")]
    [InlineData("Unknown:80", "10.0.0.1")]
    [InlineData("_hidden", "10.0.0.1")]
    [InlineData("_hidden:_gazonk", "10.0.0.1")]
    [InlineData("unix:", "10.0.0.1")]
    public void A_client_is_an_address_with_a_port_or_without_or_a_word_that_hides_it(string written, string client)
    {
        Assert.Equal(client, Seen($"X-Forwarded-For: {written}"));
        Assert.Equal(client, Seen($"Forwarded: for=\"{written}\""));
    }

    [Fact]
    public void What_is_malformed_is_not_looked_at_behind_the_client() =>
        Assert.Equal("203.0.113.9", Seen("X-Forwarded-For: 010.0.0.1, 203.0.113.9, 10.0.0.7"));

    private string Seen(params string[] forwarded)
    {
        Dial(forwarded).ExpectUpgrade();
        return Handler.ExpectOpened().Request.ClientAddress.ToString();
    }

    private ClientProbe Dial(params string[] forwarded)
    {
        var client = Serve(static options => options with { TrustedProxies = ["10.0.0.0/8"] }).Dial(Proxy);
        client.SendRequest(
            "GET / HTTP/1.1",
            ["Host: example.com", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. forwarded]);
        return client;
    }
}
