using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>One listener for IPv4 and IPv6.</summary>
[Collection(OneByOne.Name)]
public sealed class BothFamiliesSpec
{
    [IPv6Fact]
    public async Task The_unspecified_IPv6_address_serves_both_families_and_names_IPv4_clients_plainly()
    {
        var clients = new ConcurrentQueue<IPAddress>();
        var handler = Reaction.PropsFor(happened =>
        {
            Reaction.EchoBack(happened);
            if (happened is Ws.Opened opened)
            {
                clients.Enqueue(opened.Request.ClientAddress);
            }
        });
        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty.Map("/", _ => handler), address: "ws://[::]:0");

        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var client = await RawClient.Connect(new IPEndPoint(address, server.EndPoint.Port));
            await client.Send(Wire.Text("hi"));
            Assert.Equal("hi", (await client.ReadFrame()).Text);
        }

        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], clients);
    }

    private sealed class IPv6FactAttribute : FactAttribute
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
}
