using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A manager that fails: its port serves again.</summary>
public sealed class ManagerFailureSpec
{
    [Fact]
    public async Task After_a_failure_of_the_manager_the_same_port_serves_and_open_connections_are_closed_with_1011()
    {
        await using var server = await LoopbackServer.Start(static _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo));
        for (var round = 0; round < 3; round++)
        {
            using var client = await server.Connect();
            await client.Send(Wire.Text("open"));
            Assert.Equal("open", (await client.ReadFrame()).Text);

            server.WebSockets.Manager.Tell(
                new Ws.Bind("ws://*:0", RouteTable.Empty) { Configure = static _ => throw new InsufficientMemoryException() });

            Assert.Equal(CloseCode.InternalError, await client.ReadClose());
            using var next = await server.Connect();
            await next.Send(Wire.Text("again"));
            Assert.Equal("again", (await next.ReadFrame()).Text);
        }
    }
}
