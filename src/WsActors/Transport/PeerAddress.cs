using System.Net;

namespace WsActors.Transport;

/// <summary>The address at the other end of a socket. <see cref="IPAddress.None"/> stands for a Unix socket, which has none.</summary>
internal static class PeerAddress
{
    /// <summary>The text for a peer without an address.</summary>
    public const string Unix = "unix";

    /// <summary>The address of a peer. An IPv4 client has its plain address, even if the socket serves both families.</summary>
    public static IPAddress FromEndPoint(EndPoint socket) => socket switch
    {
        IPEndPoint { Address: { IsIPv4MappedToIPv6: true } mapped } => mapped.MapToIPv4(),
        IPEndPoint ip => ip.Address,
        _ => IPAddress.None,
    };

    public static bool IsKnown(IPAddress address) => !address.Equals(IPAddress.None);

    /// <summary>The address as text for people.</summary>
    public static string NameOf(IPAddress address) => IsKnown(address) ? address.ToString() : Unix;
}
