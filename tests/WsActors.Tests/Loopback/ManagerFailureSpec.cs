using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A manager that fails or is stopped: its port serves again, or is closed; it is never open and unserved.</summary>
public sealed class ManagerFailureSpec
{
    [Fact]
    public async Task After_a_failure_of_the_manager_the_same_port_serves_and_open_connections_are_closed_with_1011()
    {
        await using var server = await LoopbackServer.Start(static _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo));
        for (var round = 0; round < 3; round++)
        {
            using var client = await server.Connect();

            server.WebSockets.Manager.Tell(
                new Ws.Bind("ws://*:0", RouteTable.Empty) { Configure = static _ => throw new InsufficientMemoryException() });

            Assert.Equal(CloseCode.InternalError, await client.ReadClose());
            using var next = await server.Connect();
            await next.Send(Wire.Text("again"));
            Assert.Equal("again", (await next.ReadFrame()).Text);
        }
    }

    [Fact]
    public async Task A_stopped_manager_has_no_open_port()
    {
        await using var server = await LoopbackServer.Start(static _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo));

        server.WebSockets.Manager.Tell(Kill.Instance);

        await Eventually.Holds(() => IsRefused(server.EndPoint), static () => "the port is still open");
    }

    private static bool IsRefused(IPEndPoint server)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(server);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }
}
