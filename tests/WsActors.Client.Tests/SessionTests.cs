using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.Client.Tests;

/// <summary>A client that keeps its session, against real sessions of this library's server, whose sockets are cut.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string Path = "/session";

    private readonly ActorSystem _server = ActorSystem.Create("server", ConfigurationFactory.ParseString($$"""
        {{ByteSourceUnderTest.Config}}
        akka.loggers = []
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        ws-actors { tick = 20ms, drain { lead = off, spread = off } }
        """));

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.Terminate();

    [Fact]
    public async Task Every_message_is_echoed_once_and_in_order_across_cut_sockets()
    {
        const int Cuts = 5;
        const int Between = 100;
        await using var client = new TestClient();
        var connection = await Connect(client);
        var (said, heard, returns) = (0, 0, 0);
        for (var cut = 0; cut < Cuts; cut++)
        {
            // Half of them are on their way when the socket is cut, in whichever direction; the others are sent while there is no socket.
            Say(Between / 2);
            Assert.Equal(1, await Cut());
            Say(Between / 2);
            while (heard < said)
            {
                switch (await client.Expect<object>())
                {
                    case Ws.Received received: Assert.Equal($"{heard++}", received.Text); break;
                    case Ws.Reconnecting: returns++; break;
                    case var other: Assert.Fail($"The handler was told {other}."); break;
                }
            }
        }

        Assert.Equal(Cuts, returns);
        connection.Tell(new Ws.Close());
        Assert.True((await client.ExpectClosed(CloseCode.Normal)).WasClean);

        void Say(int count)
        {
            for (var i = 0; i < count; i++)
            {
                connection.Tell(Text(said++), client.Handler);
            }
        }
    }

    private static Ws.Send Text(int number) => Ws.Send.Text(number.ToString(CultureInfo.InvariantCulture));

    private async Task<IActorRef> Connect(TestClient client)
    {
        var routes = RouteTable.Empty.Map(Path, static _ => Props.Create<Echo>(), new WebSocketRouteOptions { Sessions = true });
        var bound = await _server.WebSockets().BindAsync("ws://127.0.0.1:0", routes);
        var connected = await client.System.WebSockets().ConnectAsync(
            new Ws.Connect($"ws://127.0.0.1:{((IPEndPoint)bound.LocalEndPoint).Port}{Path}", client.Handler)
            {
                Configure = static options => options with { Session = options.Session with { Enabled = true } },
            }).WaitAsync(Patience.Time);
        await client.Expect<Ws.Opened>();
        return connected.Connection;
    }

    private async Task<int> Cut() => (await _server.WebSockets().Manager.Ask<Ws.Kicked>(
        new Ws.Kick(new Ws.ConnectionFilter { Route = Path }, new Ws.Close(CloseCode.ServiceRestart)), Patience.Time)).Count;

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<Ws.Received>(message => Sender.Tell(Ws.Send.FromReceived(message)));
    }
}
