using System.Net.Sockets;
using Akka.IO;

namespace WsActors.Transport;

/// <summary>Makes a listener on an IPv6 address serve IPv4, too: <c>ws://[::]:8080</c> accepts both.</summary>
internal sealed class DualModeSocketOption : Inet.SocketOption
{
    public override void BeforeServerSocketBind(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }
    }
}
