using System.Net;
using System.Net.Sockets;
using Akka.IO;
using Akka.TestKit;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// A listener that stops by itself, as Akka.IO's does where descriptors end, is bound again: a node must not be deaf while it lives.
/// </summary>
public sealed class LostListenerSpec : WebSocketSpec
{
    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 4711);

    [Fact]
    public void A_stopped_listener_is_rebound_to_its_port_as_soon_as_possible()
    {
        var kit = Serve();
        var source = Bind();
        Listen(source);

        EventFilter.Error(contains: "stopped listening by itself").ExpectOne(() => Lose(kit));
        Assert.DoesNotContain(Local, Health(kit).Endpoints);

        kit.Advance(Seconds(0.5));
        Assert.Equal(Local, source.ExpectMsg<Tcp.Bind>() is var again ? again.LocalAddress : null);
        EventFilter.Warning(contains: "is not bound again yet").ExpectOne(() =>
        {
            for (var attempt = 0; attempt < 5; attempt++)
            {
                source.Reply(new Tcp.CommandFailed(again).WithCause(new SocketException((int)SocketError.TooManyOpenSockets)));
                kit.AwaitIdle();
                source.ExpectNoMsg(TimeSpan.Zero);
                kit.Advance(Seconds(1));
                source.ExpectMsg<Tcp.Bind>();
            }
        });
        Listen(source);

        kit.AwaitIdle();
        Assert.Contains(Local, Health(kit).Endpoints);
    }

    [Fact]
    public void A_stopped_listener_is_not_rebound_after_its_unbind()
    {
        var kit = Serve();
        var source = Bind();
        Listen(source);
        Lose(kit);

        kit.Manager.Tell(new Ws.Unbind(Local), TestActor);

        ExpectMsg<Ws.Unbound>();
        kit.Advance(Seconds(5));
        source.ExpectNoMsg(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_unbind_during_the_rebind_stops_the_listener(bool isBound)
    {
        var kit = Serve();
        var source = Bind();
        Listen(source);
        Lose(kit);
        kit.Advance(Seconds(0.5));
        var again = source.ExpectMsg<Tcp.Bind>();

        kit.Manager.Tell(new Ws.Unbind(Local), TestActor);
        ExpectMsg<Ws.Unbound>();
        if (isBound)
        {
            Listen(source);
            _listening.ExpectMsg<Tcp.Unbind>();
        }
        else
        {
            source.Reply(new Tcp.CommandFailed(again).WithCause(new SocketException((int)SocketError.TooManyOpenSockets)));
        }

        kit.AwaitIdle();
        kit.Advance(Seconds(5));
        source.ExpectNoMsg(TimeSpan.Zero);
        Assert.DoesNotContain(Local, Health(kit).Endpoints);
    }

    [Fact]
    public void A_drain_does_not_rebind_a_stopped_listener()
    {
        var kit = Serve();
        var source = Bind();
        Listen(source);
        Lose(kit);

        kit.Manager.Tell(new Ws.Drain(), TestActor);

        ExpectMsg<Ws.Drained>();
        kit.Advance(Seconds(5));
        source.ExpectNoMsg(TimeSpan.Zero);
    }

    private TestProbe _listening = null!; // Every test listens.

    private TestProbe Bind()
    {
        var source = CreateTestProbe();
        Sys.WebSockets().Manager.Tell(new Ws.Bind("ws://127.0.0.1:0", RouteTable.Empty) { Source = source.Ref }, TestActor);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 0), source.ExpectMsg<Tcp.Bind>().LocalAddress);
        return source;
    }

    private void Listen(TestProbe source)
    {
        var isFirst = _listening is null;
        _listening = CreateTestProbe();
        source.Sender.Tell(new Tcp.Bound(Local), _listening.Ref);
        if (isFirst)
        {
            ExpectMsg<Ws.Bound>();
        }
    }

    private void Lose(WebSocketTestKit kit)
    {
        Watch(_listening.Ref);
        Sys.Stop(_listening.Ref);
        ExpectTerminated(_listening.Ref);
        kit.AwaitIdle();
    }

    private Ws.Health Health(WebSocketTestKit kit)
    {
        kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        return ExpectMsg<Ws.Health>();
    }
}
