using System.Net;
using System.Net.Sockets;
using Akka.IO;
using Akka.TestKit;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary><c>ws://localhost</c> is one endpoint at both loopback addresses, with one port.</summary>
public sealed class LocalhostSpec : WebSocketSpec
{
    private static readonly IPEndPoint V4 = new(IPAddress.Loopback, 4711);

    private static readonly IPEndPoint V6 = new(IPAddress.IPv6Loopback, 4711);

    private readonly WebSocketTestKit _kit;

    private readonly TestProbe _source;

    public LocalhostSpec() => (_kit, _source) = (Serve(), CreateTestProbe());

    [IPv6Fact]
    public void A_free_port_is_bound_on_both_addresses_as_one_endpoint()
    {
        Bind("ws://localhost:0");
        var first = Listen(V4, asked: new IPEndPoint(IPAddress.Loopback, 0));
        ExpectNoMsg(TimeSpan.Zero);
        var second = Listen(V6);

        var bound = ExpectMsg<Ws.Bound>();
        Assert.Equal(("ws://localhost:0", V4), (bound.Endpoint, bound.LocalEndPoint));
        Assert.Equal([V4, V6], bound.LocalEndPoints);
        Assert.Equal([V4, V6], Health().Endpoints.TakeLast(2));
        _kit.Manager.Tell(Ws.GetStats.Instance, TestActor);
        Assert.Equal(V4, Assert.Single(ExpectMsg<Ws.Totals>().Endpoints, static one => one.Endpoint == "ws://localhost:0").LocalEndPoint);

        // Unbound by either.
        _kit.Manager.Tell(new Ws.Unbind(V6), TestActor);
        ExpectUnbind(first);
        ExpectUnbind(second);
        Assert.Equal(V6, ExpectMsg<Ws.Unbound>().LocalEndPoint);
    }

    [IPv6Fact]
    public void A_port_free_on_one_address_only_is_replaced_by_another()
    {
        Bind("ws://localhost:0");
        var first = Listen(new IPEndPoint(IPAddress.Loopback, 4710), asked: new IPEndPoint(IPAddress.Loopback, 0));
        Fail(SocketError.AddressAlreadyInUse);
        ExpectUnbind(first);

        Listen(V4, asked: new IPEndPoint(IPAddress.Loopback, 0));
        Listen(V6);

        Assert.Equal(V4, ExpectMsg<Ws.Bound>().LocalEndPoint);
    }

    [IPv6Fact]
    public void Ports_repeatedly_free_on_one_address_only_fail_the_bind()
    {
        Bind("ws://localhost:0");
        for (var attempt = 0; attempt <= 10; attempt++)
        {
            var first = Listen(V4, asked: new IPEndPoint(IPAddress.Loopback, 0));
            Fail(SocketError.AddressAlreadyInUse);
            ExpectUnbind(first);
        }

        Assert.Contains("the port is in use at [::1]:4711", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
        _source.ExpectNoMsg(TimeSpan.Zero);
    }

    [IPv6Fact]
    public void A_configured_port_in_use_on_one_address_fails_the_bind()
    {
        Bind("ws://localhost:4711");
        var first = Listen(V4);
        Fail(SocketError.AddressAlreadyInUse);

        Assert.Contains("the port is in use at [::1]:4711", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
        ExpectUnbind(first);
        Assert.DoesNotContain(V4, Health().Endpoints);
    }

    [IPv6Fact]
    public void A_port_in_use_on_the_first_address_fails_the_bind_with_that_address()
    {
        Bind("ws://localhost:4711");
        Fail(SocketError.AddressAlreadyInUse);

        Assert.Contains("the port is in use at 127.0.0.1:4711", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
    }

    [IPv6Fact]
    public void An_address_that_the_machine_does_not_have_is_skipped()
    {
        Bind("ws://localhost:4711");
        Listen(V4);
        Fail(SocketError.AddressNotAvailable);
        var bound = ExpectMsg<Ws.Bound>();
        Assert.Equal((V4, 1), (bound.LocalEndPoint, bound.LocalEndPoints.Count));

        Bind("ws://localhost:4711");
        Fail(SocketError.AddressFamilyNotSupported);
        Listen(V6);
        Assert.Equal(V6, ExpectMsg<Ws.Bound>().LocalEndPoint);

        Bind("ws://localhost:4711");
        Fail(SocketError.AddressNotAvailable);
        Fail(SocketError.AddressNotAvailable);
        Assert.Contains("does not have that address", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
    }

    [IPv6Fact]
    public void A_stopped_listener_is_rebound_alone_and_not_after_the_other_is_unbound()
    {
        Bind("ws://localhost:0");
        var first = Listen(V4, asked: new IPEndPoint(IPAddress.Loopback, 0));
        var second = Listen(V6);
        ExpectMsg<Ws.Bound>();
        Lose(first);
        Assert.DoesNotContain(V4, Health().Endpoints);
        Assert.Contains(V6, Health().Endpoints);

        _kit.Advance(Seconds(1.5));
        first = Listen(V4);
        _kit.AwaitIdle();
        Assert.Contains(V4, Health().Endpoints);
        _source.ExpectNoMsg(TimeSpan.Zero);

        Lose(first);
        _kit.Manager.Tell(new Ws.Unbind(V4), TestActor);
        ExpectUnbind(second);
        ExpectMsg<Ws.Unbound>();
        _kit.Advance(Seconds(5));
        _source.ExpectNoMsg(TimeSpan.Zero);
    }

    [IPv6Fact]
    public void An_endpoint_unbound_while_its_other_address_is_bound_does_not_listen()
    {
        Bind("ws://localhost:4711");
        var first = Listen(V4);
        var asked = _source.ExpectMsg<Tcp.Bind>();

        _kit.Manager.Tell(new Ws.Unbind(V4), TestActor);
        ExpectUnbind(first);
        ExpectMsg<Ws.Unbound>();
        var second = CreateTestProbe();
        _source.Sender.Tell(new Tcp.Bound((IPEndPoint)asked.LocalAddress), second.Ref);

        second.ExpectMsg<Tcp.Unbind>();
        ExpectMsg<Ws.BindFailed>();
    }

    [IPv6Fact]
    public void A_stopped_listener_is_not_rebound_after_the_other_bind_failed()
    {
        Bind("ws://localhost:4711");
        var first = Listen(V4);
        var other = _source.ExpectMsg<Tcp.Bind>();
        Lose(first);
        _source.Reply(new Tcp.CommandFailed(other).WithCause(new SocketException((int)SocketError.AddressAlreadyInUse)));

        ExpectMsg<Ws.BindFailed>();
        _kit.Advance(Seconds(5));
        _source.ExpectNoMsg(TimeSpan.Zero);
        Assert.DoesNotContain(V4, Health().Endpoints);
    }

    [IPv6Fact]
    public void A_stopped_listener_is_not_rebound_after_another_port_is_tried()
    {
        Bind("ws://localhost:0");
        var first = Listen(V4, asked: new IPEndPoint(IPAddress.Loopback, 0));
        var other = _source.ExpectMsg<Tcp.Bind>();
        Lose(first);
        _kit.Advance(Seconds(1.5));
        _source.Reply(new Tcp.CommandFailed(other).WithCause(new SocketException((int)SocketError.AddressAlreadyInUse)));

        var (local4, local6) = (new IPEndPoint(IPAddress.Loopback, 4712), new IPEndPoint(IPAddress.IPv6Loopback, 4712));
        Listen(local4, asked: new IPEndPoint(IPAddress.Loopback, 0));
        Listen(local6);
        Assert.Equal([local4, local6], ExpectMsg<Ws.Bound>().LocalEndPoints);
        _kit.Advance(Seconds(5));
        _source.ExpectNoMsg(TimeSpan.Zero);
    }

    [IPv6Fact]
    public void A_listener_stopped_before_the_other_is_bound_is_rebound()
    {
        Bind("ws://localhost:4711");
        var first = Listen(V4);
        var other = _source.ExpectMsg<Tcp.Bind>();
        var manager = _source.Sender;
        Lose(first);
        _kit.Advance(Seconds(1.5));
        _source.ExpectNoMsg(TimeSpan.Zero);

        manager.Tell(new Tcp.Bound((IPEndPoint)other.LocalAddress), CreateTestProbe().Ref);
        Assert.Equal([V4, V6], ExpectMsg<Ws.Bound>().LocalEndPoints);
        _kit.Advance(Seconds(1.5));
        Listen(V4);
        _kit.AwaitIdle();

        Assert.Contains(V4, Health().Endpoints);
    }

    [IPv6Fact]
    public void The_accept_rate_counts_both_addresses()
    {
        Bind("ws://localhost:4711", static options => options with { MaxAcceptsPerSecond = 1 });
        Listen(V4);
        Listen(V6);
        ExpectMsg<Ws.Bound>();
        var (first, second) = (CreateTestProbe(), CreateTestProbe());

        _kit.Manager.Tell(new Tcp.Connected(new IPEndPoint(IPAddress.Loopback, 5001), V4), first);
        _kit.Manager.Tell(new Tcp.Connected(new IPEndPoint(IPAddress.IPv6Loopback, 5002), V6), second);
        _kit.AwaitIdle();

        _kit.Manager.Tell(Ws.GetStats.Instance, TestActor);
        Assert.Equal(1, Assert.Single(ExpectMsg<Ws.Totals>().Endpoints, static one => one.Endpoint == "ws://localhost:4711").Refused);
    }

    private void Bind(string endpoint, Func<EndpointOptions, EndpointOptions>? configure = null) => _kit.Manager.Tell(
        new Ws.Bind(endpoint, RouteTable.Empty) { Source = _source.Ref, Configure = configure ?? (static options => options) }, TestActor);

    /// <summary>Expects a bind of an address, and leaves it bound.</summary>
    private TestProbe Listen(IPEndPoint local, IPEndPoint? asked = null)
    {
        Assert.Equal(asked ?? local, _source.ExpectMsg<Tcp.Bind>().LocalAddress);
        var listening = CreateTestProbe();
        _source.Sender.Tell(new Tcp.Bound(local), listening.Ref);
        return listening;
    }

    private void Fail(SocketError error) =>
        _source.Reply(new Tcp.CommandFailed(_source.ExpectMsg<Tcp.Bind>()).WithCause(new SocketException((int)error)));

    private static void ExpectUnbind(TestProbe listening)
    {
        listening.ExpectMsg<Tcp.Unbind>();
        listening.Reply(Tcp.Unbound.Instance);
    }

    private void Lose(TestProbe listening)
    {
        Watch(listening.Ref);
        Sys.Stop(listening.Ref);
        ExpectTerminated(listening.Ref);
        _kit.AwaitIdle();
    }

    private Ws.Health Health()
    {
        _kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        return ExpectMsg<Ws.Health>();
    }
}
