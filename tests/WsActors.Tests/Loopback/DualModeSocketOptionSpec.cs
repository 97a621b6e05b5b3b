using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>One endpoint for IPv4 and IPv6.</summary>
[Collection(OneByOne.Name)]
public sealed class DualModeSocketOptionSpec
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

    [IPv6Fact]
    public async Task Localhost_serves_both_loopback_addresses_with_one_free_port()
    {
        await using var server = await LoopbackServer.Start(
            _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo), address: "ws://localhost:0");
        Assert.Equal(IPAddress.Loopback, server.EndPoint.Address);
        var both = new[] { server.EndPoint, new IPEndPoint(IPAddress.IPv6Loopback, server.EndPoint.Port) };

        foreach (var address in both)
        {
            using var client = await RawClient.Connect(address);
            await client.Send(Wire.Text("hi"));
            Assert.Equal("hi", (await client.ReadFrame()).Text);
        }

        Assert.Equal(both, (await server.Health()).Endpoints);
        await server.WebSockets.Manager.Ask<Ws.Unbound>(new Ws.Unbind(both[1]), Eventually.Patience);
        Assert.Empty((await server.Health()).Endpoints);
    }

    [IPv6Fact]
    public async Task Localhost_with_a_port_in_use_on_one_address_fails()
    {
        using var other = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port; // not null: it is bound

        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty);

        var failed = await Assert.ThrowsAsync<BindFailedException>(
            () => server.WebSockets.BindAsync($"ws://localhost:{port}", RouteTable.Empty));

        Assert.Contains($"the port is in use at [::1]:{port}", failed.Message, StringComparison.Ordinal);
        await Eventually.Holds(() => server.Health().Result.Endpoints.Count == 1, static () => "127.0.0.1 still listens.");
    }
}
