using System.Net;
using System.Net.Sockets;

namespace WsActors.Tests.Loopback;

/// <summary>A test that is skipped with a message if IPv6 is off.</summary>
internal sealed class IPv6FactAttribute : FactAttribute
{
    public IPv6FactAttribute() => Skip = IsOff() ? "IPv6 is off on this machine: ::1 cannot be bound." : null;

    private static bool IsOff()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
