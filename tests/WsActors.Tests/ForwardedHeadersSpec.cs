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
    public void R20_A_client_without_an_address_from_a_trusted_proxy_is_answered_400(string client)
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
    public void A_client_is_an_address_with_or_without_a_port_or_an_obfuscated_identifier(string written, string client)
    {
        Assert.Equal(client, Seen($"X-Forwarded-For: {written}"));
        Assert.Equal(client, Seen($"Forwarded: for=\"{written}\""));
    }

    [Fact]
    public void Malformed_elements_left_of_the_client_are_not_parsed() =>
        Assert.Equal("203.0.113.9", Seen("X-Forwarded-For: 010.0.0.1, 203.0.113.9, 10.0.0.7"));

    [Theory]
    [InlineData("Forwarded: for=1.2.3.4;proto=https;host=pub.test", "X-Forwarded-For: 6.6.6.6")]
    [InlineData("Forwarded: for=1.2.3.4", "X-Forwarded-For: 10.0.0.7")]
    [InlineData("Forwarded: for=1.2.3.4", "X-Forwarded-For: 010.0.0.1")]
    [InlineData("Forwarded: for=1.2.3.4", "X-Forwarded-Proto: https")]
    [InlineData("Forwarded: for=1.2.3.4", "X-Forwarded-Host: pub.test")]
    [InlineData("Forwarded: for=1.2.3.4", "X-Forwarded-Port: 8443")]
    [InlineData("Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https")]
    [InlineData("Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: pub.test")]
    [InlineData("X-Forwarded-For: 1.2.3.4", "Forwarded: for=6.6.6.6")]
    [InlineData("X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4;proto=https")]
    [InlineData("X-Forwarded-For: 1.2.3.4", "Forwarded: for=\"")]
    [InlineData("X-Forwarded-For: 1.2.3.4", "Forwarded: ")]
    public void R20_By_default_a_client_that_adds_the_other_kind_of_forwarding_headers_is_answered_400(params string[] forwarded) =>
        Dial(forwarded).ExpectResponse(400);

    [Theory]
    [InlineData("203.0.113.9", "X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9")]
    [InlineData("203.0.113.9", "X-Forwarded-For: 198.51.100.1, 203.0.113.9, 10.0.0.7", "Forwarded: for=\"203.0.113.9:4711\"")]
    [InlineData(
        "203.0.113.9",
        "X-Forwarded-For: 203.0.113.9",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: pub.test",
        "Forwarded: for=203.0.113.9;proto=https;host=\"pub.test:443\"")]
    public void By_default_a_proxy_may_write_both_kinds_with_the_same_client(string client, params string[] forwarded) =>
        Assert.Equal(client, Seen(forwarded));

    [Theory]
    [InlineData(
        ForwardedHeadersMode.XForwarded,
        "http://example.com",
        "X-Forwarded-For: 203.0.113.9",
        "Forwarded: for=6.6.6.6;proto=https;host=evil.org")]
    [InlineData(ForwardedHeadersMode.XForwarded, "http://example.com", "X-Forwarded-For: 203.0.113.9", "Forwarded: for=\"")]
    [InlineData(
        ForwardedHeadersMode.Forwarded,
        "https://pub.test",
        "Forwarded: for=203.0.113.9;proto=https;host=pub.test",
        "X-Forwarded-For: 6.6.6.6")]
    [InlineData(
        ForwardedHeadersMode.Forwarded,
        "http://example.com",
        "Forwarded: for=203.0.113.9",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.org",
        "X-Forwarded-Port: 1")]
    [InlineData(ForwardedHeadersMode.Forwarded, "http://example.com", "Forwarded: for=203.0.113.9", "X-Forwarded-For: 1")]
    public void R20_With_a_configured_kind_the_other_kind_is_ignored(ForwardedHeadersMode mode, string self, params string[] forwarded)
    {
        Dial(mode, Proxy, forwarded).ExpectUpgrade();

        var request = Handler.ExpectOpened().Request;
        Assert.Equal(("203.0.113.9", self), (request.ClientAddress.ToString(), request.ServerOrigin.ToString()));
    }

    [Theory]
    [InlineData(ForwardedHeadersMode.XForwarded, "Forwarded: for=203.0.113.9")]
    [InlineData(ForwardedHeadersMode.Forwarded, "X-Forwarded-For: 203.0.113.9")]
    public void R20_With_a_configured_kind_the_other_kind_alone_is_ignored(ForwardedHeadersMode mode, string forwarded)
    {
        Dial(mode, Proxy, forwarded).ExpectUpgrade();

        Assert.Equal(Proxy, Handler.ExpectOpened().Request.ClientAddress);
    }

    [Fact]
    public void Both_kinds_of_forwarding_headers_from_an_untrusted_peer_are_ignored()
    {
        var stranger = IPAddress.Parse("203.0.113.9");
        Dial(ForwardedHeadersMode.Any, stranger, "Forwarded: for=1.2.3.4", "X-Forwarded-For: 6.6.6.6").ExpectUpgrade();

        Assert.Equal(stranger, Handler.ExpectOpened().Request.ClientAddress);
    }

    [Theory]
    [InlineData("The scheme in X-Forwarded-Proto of a trusted proxy", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: htt ps")]
    [InlineData("The host in X-Forwarded-Host of a trusted proxy", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: x@app.example")]
    [InlineData("The scheme in Forwarded of a trusted proxy", "Forwarded: for=1.2.3.4;proto=\"htt ps\"")]
    [InlineData("The host in Forwarded of a trusted proxy", "Forwarded: for=1.2.3.4;host=\"x@app.example\"")]
    public void The_refusal_names_the_malformed_header(string sentence, params string[] forwarded)
    {
        var client = Dial(forwarded);

        client.ExpectResponse(400);
        Assert.StartsWith(sentence, client.ReadBody(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:10.0.0.0/104")]
    public void A_trusted_proxy_may_be_listed_as_an_IPv4_mapped_address(string entry)
    {
        var client = Serve(options => options with { TrustedProxies = [entry] }).Dial(Proxy);
        client.SendRequest(
            "GET / HTTP/1.1",
            [
                "Host: example.com", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X-Forwarded-For: 203.0.113.9",
            ]);
        client.ExpectUpgrade();

        Assert.Equal("203.0.113.9", Handler.ExpectOpened().Request.ClientAddress.ToString());
    }

    private string Seen(params string[] forwarded)
    {
        Dial(forwarded).ExpectUpgrade();
        return Handler.ExpectOpened().Request.ClientAddress.ToString();
    }

    private ClientProbe Dial(params string[] forwarded) => Dial(ForwardedHeadersMode.Any, Proxy, forwarded);

    private ClientProbe Dial(ForwardedHeadersMode mode, IPAddress from, params string[] forwarded)
    {
        var client = Serve(options => options with { TrustedProxies = ["10.0.0.0/8"], ForwardedHeaders = mode }).Dial(from);
        client.SendRequest(
            "GET / HTTP/1.1",
            [
                "Host: example.com", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. forwarded,
            ]);
        return client;
    }
}
