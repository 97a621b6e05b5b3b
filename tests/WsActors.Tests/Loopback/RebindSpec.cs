using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A port that is released, bound again, or in use by another program.</summary>
[Collection(OneByOne.Name)]
public sealed class RebindSpec
{
    private static readonly RouteTable Routes = RouteTable.Empty.Map("/", static _ => Reaction.Echo);

    [Fact]
    public async Task A_port_can_be_bound_again_at_once_while_old_connections_are_in_TIME_WAIT()
    {
        await using var server = await LoopbackServer.Start(static _ => Routes);
        var local = server.EndPoint;
        for (var round = 0; round < 3; round++)
        {
            // The side that closes first stays in TIME_WAIT: the server.
            using (var violator = await server.Connect())
            {
                await violator.Send(new byte[] { 0xFF, 0xFF });
                Assert.Equal(1002, await violator.ReadClose());
                await violator.ReadEnd();
            }

            await server.WaitUntilEmpty();
            using var stays = await server.Connect();
            var unbinding = server.WebSockets.Manager.Ask<Ws.Unbound>(new Ws.Unbind(local), Eventually.Patience);
            Assert.Equal(1001, await stays.ReadClose());
            await stays.Send(Wire.Close(1001));
            await stays.ReadEnd();
            stays.Dispose();

            Assert.Equal(local, (await unbinding).LocalEndPoint);
            Assert.Contains(
                IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections(),
                connection => connection.State == TcpState.TimeWait && connection.LocalEndPoint.Equals(local));
            await Assert.ThrowsAsync<SocketException>(() => RawClient.Dial(local));

            var bound = await server.WebSockets.BindAsync($"ws://{local}", Routes);
            Assert.Equal(local, bound.LocalEndPoint);
            using var client = await server.Connect();
            await client.Send(Wire.Text("again"));
            Assert.Equal("again", (await client.ReadFrame()).Text);
        }
    }

    [Fact]
    public async Task A_port_in_use_fails_with_one_sentence_and_the_cure()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        await using var server = await LoopbackServer.Start(static _ => Routes);
        var taken = $"ws://{other.LocalEndPoint}";
        var sentence = $"Cannot listen on {taken}: the port is in use; stop the program that has it or choose another port.";

        var failed = await server.WebSockets.Manager.Ask<Ws.BindFailed>(new Ws.Bind(taken, Routes), Eventually.Patience);
        Assert.Equal(new Ws.BindFailed { Endpoint = taken, Reason = sentence }, failed);
        Assert.Equal(sentence, (await Assert.ThrowsAsync<BindFailedException>(() => server.WebSockets.BindAsync(taken, Routes))).Message);

        // Existing listeners continue, and a later bind is not blocked by the failed one.
        using var client = await server.Connect();
        await server.WebSockets.BindAsync("ws://127.0.0.1:0", Routes);
        Assert.Equal(2, (await server.Health()).Endpoints.Count);
    }
}
