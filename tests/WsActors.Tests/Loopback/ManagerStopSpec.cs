using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A manager that is stopped: its port is closed, never open and unserved.</summary>
public sealed class ManagerStopSpec
{
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
