using System.Net;
using System.Net.Sockets;

namespace WsActors.Transport;

/// <summary>A count per network; zeros are not stored, and null counts as zero. Owned by its user.</summary>
internal sealed class NetworkCounts
{
    private readonly Dictionary<IPAddress, int> _counts = [];

    public int this[IPAddress network] => _counts.GetValueOrDefault(network);

    /// <summary>The network of a client: an IPv4 address, or the /64 in which an IPv6 host may choose its addresses.</summary>
    public static IPAddress NetworkOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    public void Clear() => _counts.Clear();

    public void Add(IPAddress? network)
    {
        if (network is not null)
        {
            _counts[network] = this[network] + 1;
        }
    }

    public void Remove(IPAddress? network)
    {
        if (network is not null && --_counts[network] == 0)
        {
            _counts.Remove(network);
        }
    }
}
