using Akka.Actor;
using Akka.Configuration;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Cluster.Tests;

/// <summary>
/// Akka.Remote alone, without a cluster: payloads cross from and to a system that knows WebSockets by their extension only.
/// </summary>
public sealed class PlainRemoteTests : IAsyncLifetime
{
    private static readonly Config Remote = ConfigurationFactory.ParseString("""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = remote
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          test { default-timeout = 30s, single-expect-default = 30s }
        }
        """);

    private ActorSystem _here = null!;

    private ActorSystem _there = null!;

    public Task InitializeAsync()
    {
        (_here, _there) = (ActorSystem.Create("here", Remote), ActorSystem.Create("there", Remote));
        _here.WebSockets();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Task.WhenAll(_here.Terminate(), _there.Terminate());

    [Fact]
    public void Payloads_cross_in_both_directions()
    {
        var handler = new Akka.TestKit.Xunit2.TestKit(_here).CreateTestProbe();
        var remote = Resolve(_there, handler.Ref, _here);
        var client = new WebSocketTestKit(new Akka.TestKit.Xunit2.TestKit(_there), RouteTable.Empty.MapShared("/", remote)).Connect();
        var opened = handler.ExpectMsg<Ws.Opened>();

        client.SendText("héllo");
        Assert.Equal("héllo", handler.ExpectMsg<Ws.Received>().Text);
        opened.Connection.Tell(Ws.Send.Text("wörld") with { Ack = 7 }, handler.Ref);

        client.ExpectText("wörld");
        handler.ExpectMsg(7);
    }

    private static IActorRef Resolve(ActorSystem from, IActorRef actor, ActorSystem of) =>
        ((ExtendedActorSystem)from).Provider.ResolveActorRef(
            actor.Path.ToSerializationFormatWithAddress(((ExtendedActorSystem)of).Provider.DefaultAddress));
}
