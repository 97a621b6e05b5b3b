using System.Net;
using System.Net.Sockets;
using Akka;
using Akka.IO;
using WsActors.Client;

namespace WsActors.Tests.Client;

/// <summary>A name with several addresses, some of which lead nowhere (RFC 8305).</summary>
public sealed class HappyEyeballsSpec : ClientSpec
{
    private static readonly IPEndPoint First = new(IPAddress.Parse("2001:db8::1"), 8080);

    private static readonly IPEndPoint Second = new(IPAddress.Parse("192.0.2.1"), 8080);

    private static readonly IPEndPoint Third = new(IPAddress.Parse("2001:db8::2"), 8080);

    [Fact]
    public void The_next_address_is_tried_after_250_ms_of_silence()
    {
        Dial();
        Listener.Ignore();
        Kit.Advance(Seconds(0.2));
        Listener.ExpectNoDial();

        Kit.Advance(Seconds(0.05));
        var server = Listener.ExpectConnect();

        Assert.Equal(Second, server.Address);
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
        Kit.Advance(Seconds(1));
        Listener.ExpectNoDial();
    }

    [Fact]
    public void The_next_address_is_tried_at_once_after_a_refusal()
    {
        Dial();
        Listener.Refuse();

        Assert.Equal(Second, Listener.ExpectConnect().Address);
    }

    [Fact]
    public void The_first_connected_socket_is_used_and_a_later_one_is_closed()
    {
        var (source, socket, late, dial) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        Connect(To("ws://three.example:8080/chat") with { Source = source.Ref, LookUp = Three });
        source.ExpectMsg<Tcp.Connect>();
        Kit.Advance(Seconds(0.25));
        Assert.Equal(Second, source.ExpectMsg<Tcp.Connect>().RemoteAddress);
        dial.Watch(source.LastSender);

        source.LastSender.Tell(new Tcp.Connected(First, Second), socket.Ref);

        socket.ExpectMsg<Tcp.Register>();
        source.LastSender.Tell(new Tcp.Connected(Second, Second), late.Ref);
        late.ExpectMsg<Tcp.Abort>();
        dial.ExpectTerminated(source.LastSender);
        Kit.Advance(Seconds(5));
        source.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Pending_attempts_end_with_a_client_closed_before_it_opened()
    {
        var (source, dial) = (CreateTestProbe(), CreateTestProbe());
        Connect(To("ws://three.example:8080/chat", Reconnects) with { Source = source.Ref, LookUp = Three });
        source.ExpectMsg<Tcp.Connect>();
        dial.Watch(source.LastSender);

        Kit.Clients.Tell(new ClientsActor.CloseAll(Seconds(1)), TestActor);

        dial.ExpectTerminated(source.LastSender);
        ExpectMsg<Ws.ConnectFailed>();
        ExpectMsg<Done>();
    }

    [Fact]
    public void The_delay_of_250_ms_restarts_after_a_refusal()
    {
        Dial();
        Listener.Ignore();
        Kit.Advance(Seconds(0.25));
        Kit.Advance(Seconds(0.2));
        Listener.Refuse();
        Assert.Equal(Third, Listener.ExpectConnect().Address);
    }

    [Fact]
    public void A_failure_lists_each_address_with_its_outcome()
    {
        Dial();
        Listener.Refuse();
        Listener.Refuse(SocketError.NetworkUnreachable);
        Listener.Refuse(SocketError.ConnectionReset);

        Assert.Equal(
            "Cannot connect to ws://three.example:8080/chat: no server accepts the connection (tried 2001:db8::1: refused, 192.0.2.1: "
                + "unreachable, "
            + "2001:db8::2: failed); check whether it runs, and whether its address is right.",
            ExpectMsg<Ws.ConnectFailed>().Reason);
    }

    [Fact]
    public void All_addresses_share_the_connect_timeout()
    {
        Dial();
        Listener.Ignore();
        Kit.Advance(Seconds(0.25));
        Listener.Refuse();
        Listener.Ignore();
        Kit.Advance(Seconds(4.5));
        ExpectNoMsg(TimeSpan.Zero);

        Kit.Advance(Seconds(0.25));

        Assert.Equal(
            "Cannot connect to ws://three.example:8080/chat: the server did not accept the connection in time (tried 2001:db8::1: no "
                + "answer, "
            + "192.0.2.1: refused, 2001:db8::2: no answer); check whether it runs, and whether a firewall is in between.",
            ExpectMsg<Ws.ConnectFailed>().Reason);
    }

    [Fact]
    public void An_empty_lookup_and_a_lookup_timeout_fail_with_distinct_reasons()
    {
        Dial(static (_, _) => Task.FromResult<IPAddress[]>([]));
        Assert.Contains("that name has no address", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);

        Dial(static (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        Assert.Contains("that name has no address", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);

        CancellationToken lookUp = default;
        Dial((_, cancellation) =>
        {
            lookUp = cancellation;
            return new TaskCompletionSource<IPAddress[]>().Task;
        });
        Kit.Advance(Seconds(5));
        Assert.Contains("not looked up in time", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        Kit.AwaitIdle();
        Assert.True(lookUp.IsCancellationRequested);
    }

    [Fact]
    public void A_client_that_reconnects_tries_all_addresses_each_time()
    {
        Dial(reconnects: true);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Listener.Refuse();
            Listener.Refuse();
            Listener.Refuse();
            Assert.Contains("2001:db8::2: refused", Handler.Expect<Ws.Reconnecting>().Reason, StringComparison.Ordinal);
            Kit.Advance(Seconds(2));
        }

        Assert.Equal(First, Listener.ExpectConnect().Address);
    }

    private void Dial(Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null, bool reconnects = false) =>
        Connect(To("ws://three.example:8080/chat", reconnects ? Reconnects : null) with
        {
            LookUp = lookUp ?? Three,
        });

    private static Task<IPAddress[]> Three(string name, CancellationToken cancellation) =>
        Task.FromResult(new[] { First.Address, Third.Address, Second.Address });
}
