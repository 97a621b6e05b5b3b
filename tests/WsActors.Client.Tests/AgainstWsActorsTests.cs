using System.Net;
using System.Net.Sockets;
using WsActors.Tests.Loopback;

namespace WsActors.Client.Tests;

/// <summary>Our client against our server with a port of its own.</summary>
public sealed class AgainstWsActorsTests : OurServerTests
{
    private protected override async Task<IOurServer> StartOurs(int port, MessageCompression compression) =>
        await WsActorsServer.Start(port, compression);

    [Fact]
    public Task A_name_is_looked_up() => ExpectToReach("localhost", "127.0.0.1");

    [IPv6Fact]
    public Task An_IPv6_address_is_dialled() => ExpectToReach("[::1]", "[::1]");

    [Fact]
    public async Task An_unknown_name_fails_with_a_sentence()
    {
        await using var client = new TestClient();

        var failed = await Assert.ThrowsAsync<ConnectFailedException>(
            () => client.System.WebSockets().ConnectAsync("ws://nobody.invalid/", client.Handler).WaitAsync(Patience.Time));

        Assert.StartsWith("Cannot connect to ws://nobody.invalid/: ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_port_fails_with_a_sentence()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await using var client = new TestClient();

        var failed = await Assert.ThrowsAsync<ConnectFailedException>(
            () => client.System.WebSockets().ConnectAsync($"ws://127.0.0.1:{port}/", client.Handler).WaitAsync(Patience.Time));

        Assert.Contains("no server accepts the connection", failed.Message, StringComparison.Ordinal);
    }

    private static async Task ExpectToReach(string host, string listening)
    {
        await using var server = await WsActorsServer.Start(0, host: listening);
        await using var client = new TestClient();

        await client.System.WebSockets().ConnectAsync($"ws://{host}:{server.Port}/", client.Handler).WaitAsync(Patience.Time);

        await client.Expect<Ws.Opened>();
    }
}
