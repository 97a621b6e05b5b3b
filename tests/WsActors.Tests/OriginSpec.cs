using System.Net;
using Akka.Event;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>R20: which pages may open a WebSocket. Compared exactly: scheme, host and port, never a part of them.</summary>
public sealed class OriginSpec : WebSocketSpec
{
    private static readonly IPAddress Proxy = IPAddress.Parse("10.0.0.1");

    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.9");

    /// <summary>The test kit listens on loopback, where other names are its own only if they are listed.</summary>
    private static readonly string[] Names = ["example.com", "*.example.com", "example.net", "2001:db8::1"];

    [Theory]
    [InlineData("example.com", "http://example.com")]
    [InlineData("example.com:80", "http://example.com")]
    [InlineData("example.com", "http://example.com:80")]
    [InlineData("EXAMPLE.com", "http://example.COM")]
    [InlineData("example.com:8080", "http://example.com:8080")]
    [InlineData("[2001:db8::1]:8080", "http://[2001:DB8::1]:8080")]
    [InlineData("[::1]", "http://[::1]:80")]
    public void R20_A_page_of_the_servers_own_origin_passes(string host, string origin) => ExpectPass(host, origin);

    [Theory]
    [InlineData("example.com", "https://example.com")]
    [InlineData("example.com", "http://example.com:8080")]
    [InlineData("example.com:8080", "http://example.com")]
    [InlineData("example.com", "http://example.com.evil.org")]
    [InlineData("example.com", "http://evil-example.com")]
    [InlineData("example.com", "http://www.example.com")]
    [InlineData("www.example.com", "http://example.com")]
    [InlineData("example.com", "http://evil.org/example.com")]
    [InlineData("example.com", "http://example.com@evil.org")]
    [InlineData("example.com", "http://example.com/")]
    [InlineData("example.com", "http://example.com http://evil.org")]
    [InlineData("example.com", "example.com")]
    [InlineData("example.com", "http://")]
    [InlineData("example.com", "null")]
    [InlineData("example.com", "")]
    [InlineData("example.com", "http://exa\u00e4mple.com")]
    [InlineData("[::1]", "http://[::2]")]
    public void R20_A_page_of_another_origin_is_answered_403(string host, string origin) => ExpectRefusal(host, origin);

    [Fact]
    public void R20_A_request_with_two_origins_is_answered_403() =>
        ExpectRefusal("example.com", "http://example.com", "Origin: http://example.com");

    [Fact]
    public void A_request_without_an_origin_passes()
    {
        Serve().Connect();

        Handler.ExpectOpened();
    }

    [Theory]
    [InlineData("https://www.example.com")]
    [InlineData("https://WWW.example.com:443")]
    [InlineData("wss://www.example.com")]
    [InlineData("chrome-extension://abcdef")]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("app://")]
    public void A_listed_origin_passes_and_so_does_the_servers_own(string origin)
    {
        string[] listed = ["https://www.example.com", "chrome-extension://abcdef", "null", "file://", "app://"];
        ExpectPass("example.com", origin, options => options with { Origin = options.Origin with { Allowed = listed } });
        ExpectPass("example.com", "http://example.com", options => options with { Origin = options.Origin with { Allowed = listed } });
    }

    [Theory]
    [InlineData("file://")]
    [InlineData("app://")]
    [InlineData("null")]
    public void An_origin_without_a_host_is_answered_403_with_a_cure_that_works(string origin)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        Request("example.com", origin).ExpectResponse(403);

        var cure = $"Origin {origin} is not this server's own, http://example.com; to allow its pages, list it in ws-actors.origin.allowed";
        Assert.Contains(cure, ExpectMsg<Warning>().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.com/", "is not an origin (RFC 6454): a client writes scheme://host[:port], or null")]
    [InlineData("file:///", "is not an origin (RFC 6454)")]
    [InlineData("example.com", "is not an origin (RFC 6454)")]
    [InlineData("", "is not an origin (RFC 6454)")]
    public void An_origin_that_cannot_be_listed_is_refused_with_another_cure(string origin, string cure)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        Request("example.com", origin).ExpectResponse(403);

        var line = ExpectMsg<Warning>().ToString();
        Assert.Contains(cure, line, StringComparison.Ordinal);
        Assert.DoesNotContain("ws-actors.origin.allowed", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://*.example.com", "https://www.example.com")]
    [InlineData("https://*.example.com", "https://a.b-c.example.com")]
    [InlineData("https://*.example.com", "https://WWW.example.com:443")]
    [InlineData("WSS://*.EXAMPLE.com:443", "https://www.example.com")]
    [InlineData("https://*.example.com:8443", "https://www.example.com:8443")]
    [InlineData("http://*.localhost:3000", "http://app.localhost:3000")]
    [InlineData("https://*.example.com.", "https://www.example.com.")]
    public void A_wildcard_matches_one_or_more_whole_labels(string listed, string origin) =>
        ExpectPass("here.example.net", origin, options => options with
        {
            Origin = options.Origin with { Allowed = [listed], Hosts = ["here.example.net"] },
        });

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://.example.com")]
    [InlineData("https://..example.com")]
    [InlineData("https://a..example.com")]
    [InlineData("https://evilexample.com")]
    [InlineData("https://evil-example.com")]
    [InlineData("https://www.example.com.evil.org")]
    [InlineData("https://www.example.com.")]
    [InlineData("http://www.example.com")]
    [InlineData("https://www.example.com:8443")]
    [InlineData("https://evil.org:443.example.com")]
    [InlineData("https://evil.org:1.example.com:443")]
    [InlineData("https://[::1].example.com")]
    [InlineData("https://evil.org%2f.example.com")]
    [InlineData("https://*.example.com")]
    [InlineData("null")]
    public void R20_A_wildcard_matches_nothing_else(string origin)
    {
        var client = Request("here.example.net", origin, static options => options with
        {
            Origin = options.Origin with { Allowed = ["https://*.example.com"] },
        });

        client.ExpectResponse(403);
        Handler.ExpectNothing();
    }

    /// <summary>The root's dot makes another origin (RFC 6454 §4), as in an origin that is listed without a wildcard.</summary>
    [Fact]
    public void R20_A_wildcard_before_the_roots_dot_stands_for_no_name_without_it()
    {
        var client = Request(
            "here.example.net",
            "https://www.example.com",
            static options => options with { Origin = options.Origin with { Allowed = ["https://*.example.com."] } });

        client.ExpectResponse(403);
    }

    [Theory]
    [InlineData("https://www.example.com.evil.org")]
    [InlineData("http://www.example.com")]
    [InlineData("https://www.example.com:8443")]
    public void R20_An_origin_similar_to_a_listed_one_is_answered_403(string origin)
    {
        var client = Request("example.com", origin, static options => options with
        {
            Origin = options.Origin with { Allowed = ["https://www.example.com"] },
        });

        client.ExpectResponse(403);
    }

    [Fact]
    public void With_the_check_off_every_page_passes() =>
        ExpectPass("example.com", "http://evil.org", static options => options with { Origin = options.Origin with { Check = false } });

    [Fact]
    public void The_log_line_of_a_403_has_the_received_and_the_expected_origin_and_the_key()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        Request("example.com:8080", "https://evil.org").ExpectResponse(403);

        var line = ExpectMsg<Warning>().ToString();
        Assert.Contains("https://evil.org", line, StringComparison.Ordinal);
        Assert.Contains("http://example.com:8080", line, StringComparison.Ordinal);
        Assert.Contains("ws-actors.origin.allowed", line, StringComparison.Ordinal);
        Assert.Contains("ws-actors.trusted-proxies", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("example.com", "X-Forwarded-Proto: https")]
    [InlineData("example.com", "X-Forwarded-Proto: wss")]
    [InlineData("10.0.0.2:8080", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com")]
    [InlineData("10.0.0.2:8080", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com:443")]
    [InlineData("example.com", "X-Forwarded-Proto: https", "X-Forwarded-Port: 443")]
    [InlineData("example.com", "X-Forwarded-Proto: https", "X-Forwarded-Port: 80")]
    [InlineData("example.com", "X-Forwarded-Proto: wss", "X-Forwarded-Port: 80")]
    [InlineData("10.0.0.2:8080", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com", "X-Forwarded-Port: 443, 80")]
    [InlineData("example.com:443", "X-Forwarded-Proto: https", "X-Forwarded-Port: 8080")]
    [InlineData("example.com", "X-Forwarded-Proto: https", "X-Forwarded-Port: none")]
    [InlineData("example.com", "Forwarded: proto=https")]
    [InlineData("10.0.0.2:8080", "Forwarded: for=203.0.113.9;host=example.com;proto=https")]
    [InlineData("10.0.0.2:8080", "forwarded: For=\"[2001:db8::1]:4711\";HOST=\"example.com:443\";Proto=https;by=_me")]
    [InlineData("10.0.0.2:8080", "Forwarded: for=203.0.113.9;host=example.com;proto=https, for=10.0.0.7;proto=http;host=inner")]
    [InlineData("10.0.0.2:8080", "Forwarded: for=203.0.113.9;host=example.com;proto=https", "Forwarded: for=10.0.0.7")]
    [InlineData("10.0.0.2:8080", "Forwarded: for=203.0.113.9", "Forwarded: for=10.0.0.7;host=example.com;proto=https")]
    public void Behind_a_trusted_proxy_the_servers_origin_is_that_of_the_client(string host, params string[] forwarded)
    {
        var client = Dial(Proxy, host, "https://example.com", forwarded);

        client.ExpectUpgrade();
        var opened = Handler.ExpectOpened();
        Assert.Equal("https://example.com", opened.Request.ServerOrigin.ToString());
        Assert.True(opened.Request.IsSecure);
    }

    [Theory]
    [InlineData("example.com", "X-Forwarded-Port: 8443")]
    [InlineData("example.com:", "X-Forwarded-Port: 8443")]
    [InlineData("10.0.0.2", "X-Forwarded-Host: example.com", "X-Forwarded-Port: 8443")]
    [InlineData("10.0.0.2", "X-Forwarded-Host: example.com:", "X-Forwarded-Port: 8443")]
    [InlineData("10.0.0.2", "X-Forwarded-Host: example.com", "X-Forwarded-Port: 443, 8443")]
    [InlineData("example.com:8443", "X-Forwarded-Port: 443")]
    public void A_host_without_its_port_has_the_one_that_a_trusted_proxy_names_beside_it(string host, params string[] forwarded)
    {
        Dial(Proxy, host, "https://example.com:8443", ["X-Forwarded-Proto: https", .. forwarded]).ExpectUpgrade();
        Assert.Equal("https://example.com:8443", Handler.ExpectOpened().Request.ServerOrigin.ToString());

        Dial(Proxy, host, "https://example.com", ["X-Forwarded-Proto: https", .. forwarded]).ExpectResponse(403);
    }

    [Theory]
    [InlineData("443")]
    [InlineData("80")]
    public void A_default_port_that_a_trusted_proxy_names_beside_a_host_changes_no_origin(string port)
    {
        Dial(Proxy, "example.com", "http://example.com", "X-Forwarded-Proto: http", $"X-Forwarded-Port: {port}").ExpectUpgrade();

        Assert.Equal("http://example.com", Handler.ExpectOpened().Request.ServerOrigin.ToString());
    }

    [Fact]
    public void Each_request_is_checked_against_the_origin_that_it_used()
    {
        (string Host, string Scheme)[] names =
        [
            ("example.com", "https"), ("example.com", "http"), ("example.net", "http"), ("example.com", "https"), ("example.com", "https"),
        ];
        foreach (var (host, scheme) in names)
        {
            var client = Dial(Proxy, host, $"{scheme}://{host}", $"X-Forwarded-Proto: {scheme}");

            client.ExpectUpgrade();
            Assert.Equal($"{scheme}://{host}", Handler.ExpectOpened().Request.ServerOrigin.ToString());
        }
    }

    [Theory]
    [InlineData("evil.org", "http://example.com", "X-Forwarded-Host: example.com")]
    [InlineData("example.com", "https://example.com", "X-Forwarded-Proto: https")]
    [InlineData("example.com", "http://example.com:8080", "X-Forwarded-Port: 8080")]
    [InlineData("evil.org", "http://example.com", "Forwarded: host=example.com")]
    [InlineData("example.com", "https://example.com", "Forwarded: proto=https")]
    public void R20_Forwarding_headers_of_an_untrusted_peer_are_ignored(string host, string origin, string forged)
    {
        var client = Dial(Stranger, host, origin, forged);

        client.ExpectResponse(403);
    }

    [Fact]
    public void R20_Forged_forwarding_values_before_the_proxys_are_ignored()
    {
        var client = Dial(
            Proxy,
            "10.0.0.2",
            "https://example.com",
            "X-Forwarded-For: 198.51.100.1, 203.0.113.9",
            "X-Forwarded-Host: example.com, real.example.net",
            "X-Forwarded-Proto: https");

        client.ExpectResponse(403);
    }

    [Theory]
    [InlineData("for=198.51.100.1;host=example.com;proto=https, for=203.0.113.9;host=real.example.net;proto=https")]
    public void R20_Forged_Forwarded_elements_before_the_proxys_are_ignored(string forwarded) =>
        Dial(Proxy, "10.0.0.2", "https://example.com", $"Forwarded: {forwarded}").ExpectResponse(403);

    [Theory]
    [InlineData("for=198.51.100.1;host=example.com;proto=https;x=\", for=203.0.113.9;host=real.example.net;proto=https")]
    [InlineData("for=198.51.100.1;host=example.com;proto=https;x=\", for=203.0.113.9;host=\"real.example.net:443\";proto=https")]
    [InlineData("for=198.51.100.1;host=example.com;proto=https;x=\"\\, for=203.0.113.9;host=\"real.example.net:443\";proto=https")]
    [InlineData("for=198.51.100.1;host=example.com;proto=https, for=203.0.113.9;host=real.example.net;host=example.com;proto=https")]
    public void R20_A_forged_Forwarded_that_makes_the_proxys_element_unreadable_is_answered_400(string forwarded) =>
        Dial(Proxy, "10.0.0.2", "https://example.com", $"Forwarded: {forwarded}").ExpectResponse(400);

    [Theory]
    [InlineData("for=198.51.100.1", "198.51.100.1")]
    [InlineData("for=198.51.100.1, for=203.0.113.9;proto=http, For=10.0.0.7", "203.0.113.9")]
    [InlineData("for=\"203.0.113.9:4711\"", "203.0.113.9")]
    [InlineData("for=203.0.113.9:4711", "203.0.113.9")]
    [InlineData("for=\"[2001:db8::1]:4711\"", "2001:db8::1")]
    [InlineData("for=\"[2001:db8::1]\"", "2001:db8::1")]
    [InlineData("for=[2001:db8::1]", "2001:db8::1")]
    [InlineData("for=\"\\2\\03.0.113.9\" ; ; by=_x ,", "203.0.113.9")]
    [InlineData("for=\"[::ffff:203.0.113.9]\"", "203.0.113.9")]
    [InlineData("for=198.51.100.1, for=unknown", "10.0.0.1")]
    [InlineData("for=198.51.100.1, for=_hidden", "10.0.0.1")]
    [InlineData("for=198.51.100.1, proto=http", "10.0.0.1")]
    [InlineData("", "10.0.0.1")]
    public void The_client_is_read_from_Forwarded(string forwarded, string client)
    {
        Dial(Proxy, "example.com", "http://example.com", $"Forwarded: {forwarded}").ExpectUpgrade();

        Assert.Equal(client, Handler.ExpectOpened().Request.ClientAddress.ToString());
    }

    [Fact]
    public void A_malformed_line_of_Forwarded_invalidates_earlier_lines_and_no_later_one()
    {
        Dial(Proxy, "example.com", "http://example.com", "Forwarded: for=198.51.100.1", "Forwarded: for=\"", "Forwarded: for=203.0.113.9")
            .ExpectUpgrade();

        Assert.Equal("203.0.113.9", Handler.ExpectOpened().Request.ClientAddress.ToString());
    }

    [Fact]
    public void A_malformed_host_from_a_trusted_proxy_is_answered_400()
    {
        var client = Dial(Proxy, "example.com", "https://example.com", "X-Forwarded-Host: exa mple/com");

        client.ExpectResponse(400);
    }

    [Theory]
    [InlineData("198.51.100.1", "198.51.100.1")]
    [InlineData("198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("198.51.100.1, 203.0.113.9, 10.0.0.7", "203.0.113.9")]
    [InlineData("203.0.113.9:4711", "203.0.113.9")]
    [InlineData("[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    public void The_client_is_the_rightmost_address_that_is_not_a_trusted_proxy(string forwardedFor, string client)
    {
        Dial(Proxy, "example.com", "http://example.com", $"X-Forwarded-For: {forwardedFor}").ExpectUpgrade();

        Assert.Equal(client, Handler.ExpectOpened().Request.ClientAddress.ToString());
    }

    [Fact]
    public void The_address_of_an_untrusted_peer_is_its_sockets()
    {
        Dial(Stranger, "example.com", "http://example.com", "X-Forwarded-For: 10.0.0.1").ExpectUpgrade();

        Assert.Equal(Stranger, Handler.ExpectOpened().Request.ClientAddress);
    }

    private ClientProbe Dial(IPAddress from, string host, string origin, params string[] forwarded)
    {
        var client = Serve(static options => options with
        {
            TrustedProxies = ["10.0.0.0/8"],
            Origin = options.Origin with { Hosts = Names },
        }).Dial(from);
        Send(client, host, [$"Origin: {origin}", .. forwarded]);
        return client;
    }

    private ClientProbe Request(
        string host, string origin, Func<EndpointOptions, EndpointOptions>? configure = null, params string[] further)
    {
        var client = Serve(options => (configure ?? (static same => same))(options with
        {
            Origin = options.Origin with { Hosts = Names },
        })).Dial();
        Send(client, host, [$"Origin: {origin}", .. further]);
        return client;
    }

    private static void Send(ClientProbe client, string host, params string[] headers) =>
        client.SendRequest(
            "GET / HTTP/1.1",
            [$"Host: {host}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. headers]);

    private void ExpectPass(string host, string origin, Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        Request(host, origin, configure).ExpectUpgrade();
        Handler.ExpectOpened();
    }

    private void ExpectRefusal(string host, string origin, params string[] further)
    {
        Request(host, origin, configure: null, further).ExpectResponse(403);
        Handler.ExpectNothing();
    }
}
