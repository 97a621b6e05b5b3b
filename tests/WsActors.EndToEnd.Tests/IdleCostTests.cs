using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests;

/// <summary>What a connection costs that nobody uses.</summary>
public sealed class IdleCostTests(ITestOutputHelper output)
{
    private const int Connections = 5_000;

    private const int Rounds = 5;

    private const double MostOfACore = 0.015;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(4);

    // Between pings, which are put off here: the least of several rounds on each side is what the process needs, the rest is the machine's noise.
    [Fact]
    public async Task Idle_connections_cost_at_most_one_and_a_half_percent_of_a_core()
    {
        await using var server = await ServerProcess.StartAsync("--set", "ws-actors.keep-alive.ping-interval=1h");
        using (var warmUp = await server.ConnectAsync("/echo"))
        {
            await warmUp.CloseAsync();
        }

        var without = await LeastShareOfACoreAsync(server);
        var sockets = await OpenAsync(server.Port);
        var with = await LeastShareOfACoreAsync(server);
        foreach (var socket in new[] { sockets[0], sockets[^1] })
        {
            await ExpectEchoAsync(socket);
        }

        sockets.ForEach(static socket => socket.Dispose());

        output.WriteLine($"idle: {without:P2} of a core without connections, {with:P2} with {Connections}");
        Assert.True(with - without <= MostOfACore, $"{Connections} idle connections cost {with - without:P2} of a core.");
    }

    private static async Task<double> LeastShareOfACoreAsync(ServerProcess server)
    {
        var least = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var before = server.ProcessorTime;
            await Task.Delay(Round);
            least = Math.Min(least, (server.ProcessorTime - before) / clock.Elapsed);
        }

        return least;
    }

    /// <summary>What was measured was still connected: "hi", masked with zeros, comes back.</summary>
    private static async Task ExpectEchoAsync(Socket socket)
    {
        await socket.SendAsync(new byte[] { 0x81, 0x82, 0, 0, 0, 0, (byte)'h', (byte)'i' });
        var answer = new byte[16];
        var count = await socket.ReceiveAsync(answer);
        Assert.Equal([0x81, 0x02, (byte)'h', (byte)'i'], answer[..count]);
    }

    private static async Task<List<Socket>> OpenAsync(int port)
    {
        var request = Encoding.ASCII.GetBytes(
            $"GET /echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        var sockets = new List<Socket>();
        var answer = new byte[1024];
        for (var i = 0; i < Connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(request);
            var count = await socket.ReceiveAsync(answer);
            Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
            sockets.Add(socket);
        }

        return sockets;
    }
}
