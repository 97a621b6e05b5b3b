using System.Net;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The limits of connections, in all and of one address.</summary>
public sealed class AdmissionSpec()
    : WebSocketSpec("ws-actors.connections { max = 4, max-per-address = 2, max-handshakes = 3, retry-after = 7s }")
{
    [Fact]
    public void Connections_up_to_the_limit_are_accepted_and_the_next_is_answered_503_with_Retry_After()
    {
        var kit = Serve();
        for (var host = 1; host <= 4; host++)
        {
            Connect(kit, $"192.0.2.{host}");
        }

        var late = Dial(kit, "192.0.2.5");

        Assert.Equal("7", late.ExpectResponse(503).Headers["Retry-After"]);
        late.Socket.ExpectHalfClose();
    }

    [Fact]
    public void At_the_limit_plain_HTTP_is_served()
    {
        var kit = Serve(RouteTable.Empty.MapShared("/", Handler.Ref).Get("/health", PlainResponse.Text(200, "well")));
        for (var host = 1; host <= 4; host++)
        {
            Connect(kit, $"192.0.2.{host}");
        }

        var balancer = kit.Dial();
        balancer.SendRequest("GET /health HTTP/1.0");

        balancer.ExpectResponse(200);
    }

    [Fact]
    public void A_place_is_free_again_after_a_close()
    {
        var kit = Serve();
        var clients = Enumerable.Range(1, 4).Select(host => Connect(kit, $"192.0.2.{host}")).ToArray();

        clients[0].SendClose();
        clients[0].Socket.ExpectStopped();

        Connect(kit, "192.0.2.9");
    }

    [Fact]
    public void A_place_that_a_guard_refused_is_free_again()
    {
        var kit = Serve(RouteTable.Empty
            .MapShared("/", Handler.Ref)
            .MapShared(
                "/closed",
                Handler.Ref,
                new WebSocketRouteOptions { Guard = static (_, _) => Task.FromResult(GuardDecision.Reject(403, "no")) }));
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var refused = kit.Dial(IPAddress.Parse("192.0.2.1"));
            refused.RequestUpgrade("/closed");
            refused.ExpectResponse(403);
            refused.Socket.ExpectStopped();
        }

        Connect(kit, "192.0.2.1");
        Connect(kit, "192.0.2.1");
    }

    [Fact]
    public void One_address_is_refused_past_its_limit_and_other_addresses_are_not()
    {
        var kit = Serve();
        var first = Connect(kit, "192.0.2.1");
        Connect(kit, "192.0.2.1");

        Assert.Equal("7", Dial(kit, "192.0.2.1").ExpectResponse(503).Headers["Retry-After"]);
        Connect(kit, "192.0.2.2");

        first.SendClose();
        first.Socket.ExpectStopped();
        Connect(kit, "192.0.2.1");
    }

    [Fact]
    public void All_addresses_of_an_IPv6_network_of_64_bits_count_as_one()
    {
        var kit = Serve();
        Connect(kit, "2001:db8:0:1::1");
        Connect(kit, "2001:db8:0:1:ffff::2");

        Dial(kit, "2001:db8:0:1::3").ExpectResponse(503);
        Connect(kit, "2001:db8:0:2::1");
    }

    [Fact]
    public void An_IPv4_address_counts_as_itself_also_where_both_families_are_served()
    {
        var kit = Serve();
        Connect(kit, "192.0.2.1");
        Connect(kit, "::ffff:192.0.2.1");

        Dial(kit, "192.0.2.1").ExpectResponse(503);
        Connect(kit, "::ffff:192.0.2.2");
    }

    [Fact]
    public void Behind_a_trusted_proxy_the_clients_address_counts()
    {
        var kit = Serve(static options => options with { TrustedProxies = ["10.0.0.0/8"] });
        Connect(kit, "10.0.0.1", "X-Forwarded-For: 192.0.2.1");
        Connect(kit, "10.0.0.1", "X-Forwarded-For: 192.0.2.1");
        Connect(kit, "10.0.0.1", "X-Forwarded-For: 192.0.2.2");

        Dial(kit, "10.0.0.1", "X-Forwarded-For: 192.0.2.1").ExpectResponse(503);
    }

    [Fact]
    public void A_forged_client_address_of_a_stranger_does_not_count()
    {
        var kit = Serve(static options => options with { TrustedProxies = ["10.0.0.0/8"] });
        Connect(kit, "203.0.113.9", "X-Forwarded-For: 192.0.2.1");
        Connect(kit, "203.0.113.9", "X-Forwarded-For: 192.0.2.2");

        Dial(kit, "203.0.113.9", "X-Forwarded-For: 192.0.2.3").ExpectResponse(503);
    }

    [Fact]
    public void A_socket_past_the_handshake_cap_is_reset_unread_and_a_finished_handshake_makes_room()
    {
        var kit = Serve();
        var asking = Enumerable.Range(0, 3).Select(_ => kit.Dial()).ToArray();

        Assert.True(kit.Dial().Socket.IsReset);

        asking[0].RequestUpgrade();
        asking[0].ExpectUpgrade();
        kit.AwaitIdle();
        Assert.False(kit.Dial().Socket.IsReset);
        Assert.True(kit.Dial().Socket.IsReset);
    }

    [Fact]
    public void A_full_node_takes_the_reserved_connections_of_a_route_and_no_other()
    {
        var kit = ServeWithReserve(1);
        for (var host = 1; host <= 4; host++)
        {
            Connect(kit, $"192.0.2.{host}");
        }

        var operators = kit.Dial(IPAddress.Parse("192.0.2.9"));
        operators.RequestUpgrade("/ops");
        operators.ExpectUpgrade();

        var second = kit.Dial(IPAddress.Parse("192.0.2.10"));
        second.RequestUpgrade("/ops");
        second.ExpectResponse(503);
        Dial(kit, "192.0.2.11").ExpectResponse(503);
    }

    [Fact]
    public void A_reserved_connection_is_taken_though_its_address_has_as_many_as_it_may()
    {
        var kit = ServeWithReserve(1);
        Connect(kit, "192.0.2.1");
        Connect(kit, "192.0.2.1");

        var operators = kit.Dial(IPAddress.Parse("192.0.2.1"));
        operators.RequestUpgrade("/ops");
        operators.ExpectUpgrade();

        Dial(kit, "192.0.2.1").ExpectResponse(503);
    }

    [Fact]
    public void An_endpoint_with_a_reserve_accepts_as_many_sockets_beyond_the_handshake_cap()
    {
        var kit = ServeWithReserve(2);
        for (var i = 0; i < 3 + 1; i++)
        {
            Assert.False(kit.Dial().Socket.IsReset);
        }

        var operators = kit.Dial();
        operators.RequestUpgrade("/ops");
        operators.ExpectUpgrade();

        kit.AwaitIdle();
        Assert.False(kit.Dial().Socket.IsReset);
        Assert.True(kit.Dial().Socket.IsReset);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public void A_reserve_out_of_range_is_refused(int reserved) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketRouteOptions { ReservedConnections = reserved });

    [Fact]
    public void Health_counts_open_connections()
    {
        var kit = Serve();
        Connect(kit, "192.0.2.1");
        var second = Connect(kit, "192.0.2.2");
        kit.Dial();
        Assert.Equal((1, true, 2), Health(kit));

        second.SendClose();
        second.Socket.ExpectStopped();

        Assert.Equal((1, true, 1), Health(kit));
    }

    private WebSocketTestKit ServeWithReserve(int reserved) => Serve(RouteTable.Empty
        .MapShared("/", Handler.Ref)
        .MapShared("/ops", Handler.Ref, new WebSocketRouteOptions { ReservedConnections = reserved }));

    private (int Endpoints, bool IsAdmitting, int Connections) Health(WebSocketTestKit kit)
    {
        kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        var health = ExpectMsg<Ws.Health>();
        return (health.Endpoints.Count, health.IsAdmitting, health.Connections);
    }

    private static ClientProbe Dial(WebSocketTestKit kit, string from, params string[] headers)
    {
        var client = kit.Dial(IPAddress.Parse(from));
        client.RequestUpgrade("/", headers);
        return client;
    }

    private static ClientProbe Connect(WebSocketTestKit kit, string from, params string[] headers)
    {
        var client = Dial(kit, from, headers);
        client.ExpectUpgrade();
        return client;
    }
}
