using System.Net;
using Akka.Configuration;
using Akka.Event;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// R20: a foreign name may point at this server (DNS rebinding), so that Origin and Host of the foreign page agree. On loopback only
/// loopback's names are the server's own, and elsewhere the listed ones.
/// </summary>
public sealed class OwnHostSpec : WebSocketSpec
{
    private const string Names = "example.com *.example.org 192.0.2.7 2001:db8::7";

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8080")]
    [InlineData("localhost.:8080")]
    [InlineData("app.localhost:3000")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("127.3.2.1")]
    [InlineData("[::1]:8080")]
    [InlineData("[0:0::1]")]
    public void R20_On_loopback_a_page_of_a_name_of_loopback_passes(string host) => Ask(host).ExpectUpgrade();

    [Theory]
    [InlineData("evil.example:8080")]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example:8080")]
    [InlineData("notlocalhost:8080")]
    [InlineData("127.0.0.1.evil.example:8080")]
    [InlineData("192.0.2.7:8080")]
    [InlineData("0.0.0.0:8080")]
    [InlineData("[2001:db8::7]:8080")]
    public void R20_On_loopback_a_page_of_any_other_name_is_answered_403(string host)
    {
        Ask(host).ExpectResponse(403);
        Handler.ExpectNothing();
    }

    [Fact]
    public void The_403_names_the_host_and_the_keys_to_change()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        Ask("evil.example:8080").ExpectResponse(403);

        var line = ExpectMsg<Warning>().ToString();
        Assert.Contains("Host evil.example is not a name of this server", line, StringComparison.Ordinal);
        Assert.Contains("ws-actors.origin.hosts", line, StringComparison.Ordinal);
        Assert.Contains("ws-actors.trusted-proxies", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("example.com:8080", 101)]
    [InlineData("www.example.org", 101)]
    [InlineData("192.0.2.7:8080", 101)]
    [InlineData("[2001:db8:0::7]:8080", 101)]
    [InlineData("localhost:8080", 101)]
    [InlineData("www.example.com", 403)]
    [InlineData("a.b.example.org", 101)]
    [InlineData("example.org", 403)]
    [InlineData(".example.org", 403)]
    [InlineData("evil.example", 403)]
    public void On_loopback_listed_hosts_pass_as_well(string host, int status)
    {
        var client = Ask(host, static options => options with { Origin = options.Origin with { Hosts = Names.Split(' ') } });

        client.ExpectResponse(status);
    }

    [Fact]
    public void A_request_without_an_origin_passes_with_any_host()
    {
        var client = Serve().Dial();

        Send(client, "evil.example:8080");

        client.ExpectUpgrade();
    }

    [Fact]
    public void A_listed_origin_passes_with_any_host()
    {
        var client = Serve(static options => options with
        {
            Origin = options.Origin with { Allowed = ["https://www.example.com"] },
        }).Dial();

        Send(client, "www.example.com", "Origin: https://www.example.com");

        client.ExpectUpgrade();
    }

    [Fact]
    public void With_the_check_off_every_host_passes() =>
        Ask("evil.example", static options => options with { Origin = options.Origin with { Check = false } }).ExpectUpgrade();

    [Theory]
    [InlineData("Host: www.example.com", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: www.example.com")]
    [InlineData("Host: 127.0.0.1:8080", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: www.example.com")]
    public void A_trusted_local_proxy_forwards_any_host(string host, params string[] forwarded) =>
        AskByProxy(host, forwarded).ExpectUpgrade();

    [Theory]
    [InlineData("Forwarded: for=203.0.113.9;proto=https;host=www.example.com")]
    [InlineData("Forwarded: for=203.0.113.9;proto=https")]
    public void The_same_by_Forwarded(string forwarded) => AskByProxy("Host: www.example.com", [forwarded]).ExpectUpgrade();

    [Theory]
    [InlineData("my~app.example")]
    [InlineData("a..example")]
    public void A_host_that_cannot_be_listed_is_refused_with_another_cure(string host)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        Ask(host).ExpectResponse(403);

        var line = ExpectMsg<Warning>().ToString();
        Assert.Contains("neither a DNS name nor an address", line, StringComparison.Ordinal);
        Assert.DoesNotContain("ws-actors.origin.hosts", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_browser_on_the_machine_of_a_trusted_proxy_is_not_trusted() =>
        AskByProxy("Host: www.example.com").ExpectResponse(403);

    [Fact]
    public void With_listed_hosts_a_trusted_proxy_forwards_no_other() =>
        AskByProxy(
            "Host: evil.example",
            ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example"],
            static options => options with { Origin = options.Origin with { Hosts = ["www.example.com"] } }).ExpectResponse(403);

    [Theory]
    [InlineData("evil.example", false, "", true)]
    [InlineData("evil.example", false, Names, false)]
    [InlineData("localhost", false, Names, false)]
    [InlineData("example.com", false, Names, true)]
    [InlineData("192.0.2.7", false, Names, true)]
    [InlineData("evil.example", true, "", true)]
    [InlineData("evil.example", true, Names, false)]
    public void Outside_loopback_every_host_passes_unless_hosts_are_listed(string host, bool isForwarded, string listed, bool isOwn)
    {
        var hosts = new AllowedHosts(listed.Split(' ', StringSplitOptions.RemoveEmptyEntries), isLoopback: false);

        Assert.Equal(isOwn, hosts.Contains(host, isForwarded));
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("example.com:8080")]
    [InlineData("*")]
    [InlineData("exa mple.com")]
    [InlineData("*.127.0.0.1")]
    [InlineData("")]
    public void An_invalid_host_entry_is_refused_with_key_and_value(string entry)
    {
        var error = Assert.Throws<ConfigurationException>(() => new AllowedHosts([entry], isLoopback: true));

        Assert.Contains($"ws-actors.origin.hosts holds '{entry}'", error.Message, StringComparison.Ordinal);
    }

    private ClientProbe Ask(string host, Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var client = Serve(configure).Dial();
        Send(client, host, $"Origin: http://{host}");
        return client;
    }

    private ClientProbe AskByProxy(string host, string[]? forwarded = null, Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var name = (forwarded?.FirstOrDefault(static header => header.StartsWith("X-Forwarded-Host: ", StringComparison.Ordinal)) ?? host)
            .Split(' ')[1];
        var client = Serve(options => (configure ?? (static same => same))(options with { TrustedProxies = ["127.0.0.1"] }))
            .Dial(IPAddress.Loopback);
        Send(client, host.Split(' ')[1], [$"Origin: {(forwarded is null ? "http" : "https")}://{name}", .. forwarded ?? []]);
        return client;
    }

    private static void Send(ClientProbe client, string host, params string[] headers) =>
        client.SendRequest(
            "GET / HTTP/1.1",
            [$"Host: {host}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. headers]);
}
