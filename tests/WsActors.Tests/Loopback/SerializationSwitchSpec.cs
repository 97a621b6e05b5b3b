using System.Threading.Channels;
using Akka.Actor;
using Akka.Event;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>
/// Akka's switches that look whether messages and Props can be serialized, which teams have on in their tests: our messages cross or are
/// marked as local, and so everything works as without.
/// </summary>
public sealed class SerializationSwitchSpec
{
    private const string Switches = "akka.actor { serialize-messages = on, serialize-creators = on }";

    [Theory]
    [InlineData("")]
    [InlineData("ws-actors.client.reconnect.enabled = on")]
    [InlineData("ws-actors.client.session.enabled = on")]
    public async Task An_echo_is_served_to_each_kind_of_client(string client)
    {
        await using var server = await Start(client);
        var (heard, connection) = await Connect(server, "/echo");

        connection.Tell(Ws.Send.Text("hi"), ActorRefs.NoSender);

        Assert.Equal("hi", Assert.IsType<Ws.Received>(await Next<Ws.Received>(heard)).Text);
        connection.Tell(new Ws.Close(4001, "enough"), ActorRefs.NoSender);
        Assert.Equal(4001, (await Next<Ws.Closed>(heard)).Code);
        AssertNothingLogged(server);
    }

    [Fact]
    public async Task Topics_and_presence_work()
    {
        await using var server = await Start();
        var (ann, _) = await Connect(server, "/topic");
        var (bob, connection) = await Connect(server, "/topic");
        Assert.Equal("joined", (await Next<Ws.Received>(ann)).Text);
        Assert.Equal("joined", (await Next<Ws.Received>(bob)).Text);

        connection.Tell(Ws.Send.Text("hi"), ActorRefs.NoSender);

        Assert.Equal("hi", (await Next<Ws.Received>(ann)).Text);
        Assert.Equal("hi", (await Next<Ws.Received>(bob)).Text);
        Assert.Equal(
            2,
            (await server.WebSockets.Presence.Ask<Presence.MemberList>(new Presence.ListMembers("tea"), Eventually.Patience)).Connections);
        AssertNothingLogged(server);
    }

    [Fact]
    public async Task The_manager_answers_kicks_unbinds_and_drains()
    {
        await using var server = await Start();
        var (heard, _) = await Connect(server, "/echo");
        var (last, _) = await Connect(server, "/topic");
        var manager = server.WebSockets.Manager;

        Assert.Equal(2, (await manager.Ask<Ws.Totals>(Ws.GetStats.Instance, Eventually.Patience)).Connections);
        var list = await manager.Ask<Ws.ConnectionList>(new Ws.ListConnections(Ws.ConnectionFilter.All), Eventually.Patience);
        Assert.Equal(2, list.Connections.Count);
        Assert.Equal(
            1,
            (await manager.Ask<Ws.Kicked>(
                new Ws.Kick(new Ws.ConnectionFilter { Route = "/echo" }, new Ws.Close(4003, "kicked")), Eventually.Patience)).Count);
        Assert.Equal(4003, (await Next<Ws.Closed>(heard)).Code);
        await manager.Ask<Ws.Drained>(new Ws.Drain(), Eventually.Patience);
        Assert.Equal(1012, (await Next<Ws.Closed>(last)).Code);
        AssertNothingLogged(server);
    }

    private static Task<LoopbackServer> Start(string config = "") => LoopbackServer.Start(
        static _ => RouteTable.Empty
            .Map("/echo", Props.Create<Repeater>(), new WebSocketRouteOptions { Sessions = true })
            .Map("/topic", static request => Props.Create<Member>(request)),
        config: $"{Switches}\n{config}");

    private static async Task<(ChannelReader<object> Heard, IActorRef Connection)> Connect(LoopbackServer server, string path)
    {
        var heard = Channel.CreateUnbounded<object>();
        var address = $"{(WithinTls.IsOn ? "wss" : "ws")}://{server.EndPoint}{path}";
        var connected = await server.WebSockets.ConnectAsync(address, Props.Create<Listener>(heard.Writer)).WaitAsync(Eventually.Patience);
        return (heard.Reader, connected.Connection);
    }

    private static async Task<T> Next<T>(ChannelReader<object> heard)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while (true)
        {
            if (await heard.ReadAsync(patience.Token) is T wanted)
            {
                return wanted;
            }
        }
    }

    // A message that cannot be serialized is dropped, with a logged error.
    private static void AssertNothingLogged(LoopbackServer server) => Assert.DoesNotContain(server.Log, static line => line is Error);

    /// <summary>Echoes.</summary>
    private sealed class Repeater : ReceiveActor
    {
        public Repeater() => Receive<Ws.Received>(message => Sender.Tell(Ws.Send.FromReceived(message)));
    }

    /// <summary>Forwards its messages to the test.</summary>
    private sealed class Listener : UntypedActor
    {
        private readonly ChannelWriter<object> _heard;

        public Listener(ChannelWriter<object> heard) => _heard = heard;

        protected override void OnReceive(object message) => _heard.TryWrite(message);
    }

    /// <summary>Joins a topic, confirms it, and publishes the messages that it receives.</summary>
    private sealed class Member : ReceiveActor
    {
        public Member(UpgradeRequest request)
        {
            var topics = Context.System.WebSockets().Topics;
            Receive<Ws.Opened>(opened => Sender.Tell(
                new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { ["route"] = request.Route } }));
            Receive<Ws.Joined>(joined => joined.Connection.Tell(Ws.Send.Text("joined")));
            Receive<Ws.Received>(message => topics.Tell(new Ws.Publish("tea", Ws.Send.FromReceived(message))));
        }
    }
}
