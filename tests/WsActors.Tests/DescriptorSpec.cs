using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using WsActors.Connection;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.Runtime;
using WsActors.Settings;
using WsActors.TestKit;
using WsActors.Transport;
using WsActors.Transport.Polling;
using WsActors.Transport.Sockets;

namespace WsActors.Tests;

/// <summary>
/// A process whose descriptors allow few sockets: with all of them reserved there are sixteen, of which fourteen may be WebSockets.
/// </summary>
public sealed class DescriptorSpec() : WebSocketSpec("ws-actors.connections.reserved-descriptors = 2147483647")
{
    private const int MaxSockets = SocketLimit.Min;

    private const int MaxConnections = 14;

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max open files            9223372036854775807  9223372036854775807  files     ", null)]
    [InlineData("Max open files", null)]
    [InlineData("Max processes             7782                 7782                 processes ", null)]
    public void The_limit_is_the_kernels_soft_limit(string line, int? limit) => Assert.Equal(limit, FileDescriptors.LimitOf(line));

    [Theory]
    [InlineData(400, 185, 100, 0, 115, 101)]
    [InlineData(20_000, 200, 100, 0, 19_700, 17_238)]
    [InlineData(300, 285, 100, 0, 16, 14)]
    [InlineData(int.MaxValue, 200, 0, 0, int.MaxValue - 200, 1_879_048_017)]
    [InlineData(1024, 200, 100, 128, 596, 522)]
    public void Descriptors_are_reserved_for_the_rest_of_the_process(
        int limit, int open, int reserved, int own, int sockets, int connections)
    {
        var allowed = SocketLimit.FromDescriptors(new FileDescriptors(limit, open), reserved, own);

        Assert.Equal((sockets, connections), (allowed.Sockets, allowed.Connections));
        Assert.True(allowed.DescriptorsEnd >= open + own + sockets);
        Assert.True(allowed.DescriptorsEnd <= limit || allowed.Sockets == SocketLimit.Min);
    }

    [Fact]
    public void A_process_without_descriptors_for_clients_does_not_start()
    {
        var least = 200 + EventPollerGroup.Descriptors + SocketLimit.Min + 16;

        var e = Assert.Throws<ConfigurationException>(() => SocketLimit.Require(new FileDescriptors(least - 1, 200)));
        Assert.Contains("ulimit -n", e.Message, StringComparison.Ordinal);
        SocketLimit.Require(new FileDescriptors(least, 200));
        SocketLimit.Require(new FileDescriptors(null, 200));
    }

    [Theory]
    [InlineData(20_000, 10_000, TransportNames.AkkaIo)]
    [InlineData(14_000, 10_000, TransportNames.Sockets)]
    [InlineData(400, 10, TransportNames.Sockets)]
    [InlineData(null, 10_000, TransportNames.AkkaIo)]
    public void Akka_IO_listens_if_a_whole_backlog_fits(int? limit, int maxConnections, string transport)
    {
        var settings = ManagerSettings.FromConfig(WebSocketExtension.DefaultConfig) with
        {
            MaxConnections = maxConnections,
            Transport = TransportNames.AkkaIo,
        };

        Assert.Equal(transport, SocketLimit.LowerToLimit(settings, new FileDescriptors(limit, 200), Sys.Log).Transport);
    }

    [Fact]
    public void Without_a_limit_descriptors_limit_nothing() =>
        Assert.Equal(SocketLimit.None, SocketLimit.FromDescriptors(new FileDescriptors(null, 5), 100, 4));

    [Fact]
    public void The_oldest_unfinished_request_is_evicted_for_a_new_socket()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve();
        var waiting = Enumerable.Range(0, MaxSockets).Select(_ => kit.Dial()).ToList();
        waiting.ForEach(static client => client.ExpectNothing());

        var newcomer = kit.Connect();

        waiting[0].Socket.ExpectReset();
        waiting[1].ExpectNothing();
        newcomer.SendText("hi");
        kit.AwaitIdle();
        Assert.Equal((1, MaxSockets - 1, 1), Totals(kit));
    }

    [Fact]
    public void The_oldest_unfinished_requests_are_evicted_when_descriptors_run_out()
    {
        var kit = Serve();
        var waiting = Enumerable.Range(0, 8).Select(_ => kit.Dial()).ToList();
        kit.AwaitIdle();

        kit.Manager.Tell(SocketListenerActor.OutOfDescriptors.Instance, TestActor);

        waiting[0].Socket.ExpectReset();
        waiting[1].Socket.ExpectReset();
        waiting.Skip(2).ToList().ForEach(static client => client.ExpectNothing());
    }

    [Fact]
    public async Task A_listener_logs_that_descriptors_have_run_out()
    {
        var failures = new FailureLog(Sys.Log, new Clock(TimeProvider.System));
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var open = new SocketRegistry(((ExtendedActorSystem)Sys).Provider, new BufferPool(), failures) { DescriptorsEnd = 0 };
        Sys.ActorOf(SocketListenerActor.PropsFor(listening, TestActor, open));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        await client.ConnectAsync(listening.LocalEndPoint!);

        await ExpectMsgAsync<SocketListenerActor.OutOfDescriptors>();
        open.Stop();
    }

    [Fact]
    public void A_late_admission_refusal_is_not_logged()
    {
        var kit = Serve();
        var client = kit.Connect();

        Logged.ExpectNone<Warning>(this, () =>
        {
            client.Connection.Tell(new Admission.Denied("too late"));
            kit.AwaitIdle();
        });

        client.ExpectNothing();
    }

    [Fact]
    public void The_maximum_of_WebSockets_leaves_places_for_requests()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve();
        var clients = Enumerable.Range(0, MaxConnections).Select(_ => kit.Connect()).ToList();
        for (var round = 0; round < 3; round++)
        {
            var late = kit.Dial();
            late.RequestUpgrade();
            late.ExpectResponse(503);
        }

        Assert.Equal(MaxConnections, Totals(kit).Connections);
        clients[0].SendClose();
        clients[0].ExpectClose(CloseCode.Normal);
        clients[0].Socket.ExpectStopped();
        kit.Connect();
        clients.Skip(1).ToList().ForEach(static client => client.ExpectNothing());
    }

    [Fact]
    public void Half_open_sockets_never_occupy_the_places_of_WebSockets()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve();
        var client = kit.Connect();

        for (var i = 0; i < 10 * MaxSockets; i++)
        {
            kit.Dial();
        }

        kit.AwaitIdle();
        Assert.Equal((1, MaxSockets - 1), (Totals(kit).Connections, Totals(kit).Handshakes));
        client.ExpectNothing();
    }

    [Fact]
    public void An_endpoint_with_a_reserve_evicts_only_past_it()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve(RouteTable.Empty.MapShared("/", Handler.Ref, new WebSocketRouteOptions { ReservedConnections = 2 }));
        var oldest = kit.Dial();
        for (var i = 1; i < MaxSockets + 2; i++)
        {
            kit.Dial();
        }

        Assert.Equal((0, MaxSockets + 2), (Totals(kit).Connections, Totals(kit).Handshakes));
        oldest.ExpectNothing();

        kit.Dial();
        oldest.Socket.ExpectReset();
    }

    [Fact]
    public void A_flood_evicts_the_reserved_handshakes_of_another_endpoint_only_past_the_reserve()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve();
        var routes = RouteTable.Empty.MapShared("/", Handler.Ref, new WebSocketRouteOptions { ReservedConnections = 2 });
        kit.Manager.Tell(new Ws.Bind("ws://127.0.0.1:9090", routes), TestActor);
        ExpectMsg<Ws.Bound>();
        var operators = new WebSocketTestKit(this, "ws://127.0.0.1:9090");
        var (first, second) = (operators.Dial(), operators.Dial());
        for (var i = 0; i < 10 * MaxSockets; i++)
        {
            kit.Dial();
        }

        second.ExpectNothing();
        first.RequestUpgrade();
        first.ExpectResponse(101);

        // Past the reserve the oldest of all is evicted.
        for (var i = 0; i < 2; i++)
        {
            operators.Dial();
        }

        kit.Dial();
        second.Socket.ExpectReset();
    }

    [Fact]
    public void A_refused_socket_evicts_no_other()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve(static options => options with { MaxAcceptsPerSecond = MaxSockets });
        var waiting = Enumerable.Range(0, MaxSockets).Select(_ => kit.Dial()).ToList();
        kit.AwaitIdle();

        Assert.True(kit.Dial().Socket.IsReset);

        waiting.ForEach(static client => client.ExpectNothing());
        Assert.Equal((0, MaxSockets, 1), Totals(kit));
    }

    [Fact]
    public void Refused_sockets_occupy_at_most_half_of_the_places()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve(static options => options with { MaxAcceptsPerSecond = 1 });
        kit.Dial();

        for (var i = 0; i < 10 * MaxSockets; i++)
        {
            kit.Dial();
        }

        Assert.Equal((0, MaxSockets / 2, 10 * MaxSockets), Totals(kit));
    }

    [Fact]
    public void Route_code_of_an_evicted_request_is_cancelled()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var kit = Serve(RouteTable.Empty.Get("/slow", async (_, cancellation) =>
        {
            cancellation.Register(() => TestActor.Tell("cancelled"));
            TestActor.Tell("begun");
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return PlainResponse.Text(200, "");
        }));
        var oldest = kit.Dial();
        oldest.SendRequest("GET /slow HTTP/1.1", "Host: 127.0.0.1:8080");
        ExpectMsg("begun");

        for (var i = 0; i < MaxSockets; i++)
        {
            kit.Dial();
        }

        ExpectMsg("cancelled");
        oldest.Socket.ExpectReset();
    }

    private (int Connections, int Handshakes, long Refused) Totals(WebSocketTestKit kit)
    {
        kit.AwaitIdle();
        kit.Manager.Tell(Ws.GetStats.Instance, TestActor);
        var totals = ExpectMsg<Ws.Totals>();
        return (totals.Connections, totals.Handshakes, totals.Refused);
    }
}
