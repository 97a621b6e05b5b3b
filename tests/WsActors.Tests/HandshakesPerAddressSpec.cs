using System.Net;
using Akka.Event;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>One address cannot take the places of all others for requests that are never finished.</summary>
public sealed class HandshakesPerAddressSpec()
    : WebSocketSpec("ws-actors.connections { max-handshakes = 10, max-handshakes-per-address = 2, retry-after = 7s }")
{
    [Fact]
    public void Requests_up_to_the_limit_of_an_address_are_served_and_the_next_is_answered_503()
    {
        var kit = Serve();
        Dial(kit, "192.0.2.1");
        Dial(kit, "192.0.2.1");

        var third = Dial(kit, "192.0.2.1");
        third.ExpectNothing();
        third.RequestUpgrade();

        Assert.Equal("7", third.ExpectResponse(503).Headers["Retry-After"]);
        Assert.Equal("Your address has as many unfinished requests as it may; finish or close one first.\n", third.ReadBody());
        Assert.True(IsLetIn(kit, "192.0.2.2"));
    }

    [Fact]
    public void A_finished_handshake_makes_room_and_an_open_WebSocket_does_not_count()
    {
        var kit = Serve();
        var first = Dial(kit, "192.0.2.1");
        Dial(kit, "192.0.2.1");

        first.RequestUpgrade();
        first.ExpectUpgrade();

        Assert.True(IsLetIn(kit, "192.0.2.1"));
        first.SendClose();
        first.Socket.ExpectStopped();
        Assert.True(IsLetIn(kit, "192.0.2.1"));
        Dial(kit, "192.0.2.1");
        Assert.False(IsLetIn(kit, "192.0.2.1"));
    }

    [Fact]
    public void A_socket_that_ends_before_its_request_makes_room()
    {
        var kit = Serve();
        var first = Dial(kit, "192.0.2.1");
        Dial(kit, "192.0.2.1");

        first.Socket.Reset();
        first.Socket.ExpectStopped();

        Assert.True(IsLetIn(kit, "192.0.2.1"));
    }

    [Fact]
    public void A_refused_socket_takes_no_place_of_its_address()
    {
        var kit = Serve();
        var first = Dial(kit, "192.0.2.1");
        Dial(kit, "192.0.2.1");
        Assert.False(IsLetIn(kit, "192.0.2.1"));

        Dial(kit, "192.0.2.1");
        first.Socket.Reset();
        first.Socket.ExpectStopped();

        Assert.True(IsLetIn(kit, "192.0.2.1"));
    }

    [Fact]
    public void All_addresses_of_an_IPv6_network_of_64_bits_count_as_one()
    {
        var kit = Serve();
        Dial(kit, "2001:db8:0:1::1");
        Dial(kit, "2001:db8:0:1:ffff::2");

        Assert.False(IsLetIn(kit, "2001:db8:0:1::3"));
        Assert.True(IsLetIn(kit, "2001:db8:0:2::1"));
    }

    [Fact]
    public void An_IPv4_address_counts_as_itself_also_where_both_families_are_served()
    {
        var kit = Serve();
        Dial(kit, "192.0.2.1");
        Dial(kit, "::ffff:192.0.2.1");

        Assert.False(IsLetIn(kit, "192.0.2.1"));
        Assert.False(IsLetIn(kit, "::ffff:192.0.2.1"));
        Assert.True(IsLetIn(kit, "::ffff:192.0.2.2"));
    }

    [Fact]
    public void A_trusted_proxy_is_not_limited()
    {
        var kit = Serve(static options => options with { TrustedProxies = ["10.0.0.0/8"] });
        for (var i = 0; i < 4; i++)
        {
            Dial(kit, "10.0.0.1");
            Dial(kit, "::ffff:10.0.0.1");
        }

        Assert.True(IsLetIn(kit, "10.0.0.1"));
    }

    [Fact]
    public void A_socket_past_the_limit_does_not_use_the_accept_rate()
    {
        var kit = Serve(static options => options with { MaxAcceptsPerSecond = 3 });
        Dial(kit, "192.0.2.1");
        Dial(kit, "192.0.2.1");

        Assert.False(IsLetIn(kit, "192.0.2.1"));
        Assert.False(IsLetIn(kit, "192.0.2.1"));

        Assert.True(IsLetIn(kit, "192.0.2.2"));
        Assert.False(IsLetIn(kit, "192.0.2.3"));
    }

    [Fact]
    public void It_is_logged_with_the_plain_address()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        var kit = Serve();

        for (var i = 0; i < 3; i++)
        {
            Dial(kit, "::ffff:192.0.2.1");
        }

        Assert.Contains("refused 192.0.2.1 with 503: Your address has as many", ExpectMsg<Warning>().ToString(), StringComparison.Ordinal);
    }

    private static ClientProbe Dial(WebSocketTestKit kit, string from) => kit.Dial(IPAddress.Parse(from));

    private static bool IsLetIn(WebSocketTestKit kit, string from)
    {
        var client = Dial(kit, from);
        client.RequestUpgrade();
        kit.AwaitIdle();
        var isLetIn = !client.Socket.IsHalfClosed;
        client.ExpectResponse(isLetIn ? 101 : 503);
        return isLetIn;
    }
}
