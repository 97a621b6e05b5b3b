using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests;

/// <summary>A deploy with many clients, at the program's own settings.</summary>
public sealed class DrainTests(ITestOutputHelper output)
{
    private const int Clients = 2_000;

    private const int Silent = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] CloseAnswer = [0x88, 0x82, 0, 0, 0, 0, 1012 >> 8, 1012 & 0xFF];

    [Fact]
    public async Task After_SIGTERM_two_thousand_clients_get_1012_one_by_one_and_none_that_answers_is_reset()
    {
        await using var server = await ServerProcess.StartAsync();
        var clients = new List<Socket>();
        for (var i = 0; i < Clients; i++)
        {
            clients.Add(await OpenAsync(server.Port));
        }

        var clock = Stopwatch.StartNew();
        server.Signal(PosixSignal.SIGTERM);
        var closed = await Task.WhenAll(clients.Select((client, i) => LeaveAsync(client, clock, answers: i >= Silent)));
        var exitCode = await server.WaitForExitAsync();
        var took = clock.Elapsed;

        output.WriteLine($"{Clients} clients, {Silent} of them silent: closed from {closed.Min()} to {closed.Max()}, gone after {took}");
        foreach (var second in closed.CountBy(static at => (int)at.TotalSeconds).OrderBy(static second => second.Key))
        {
            output.WriteLine($"second {second.Key}: {second.Value}");
        }

        // A busy machine is later, never earlier.
        Assert.Equal(0, exitCode);
        Assert.True(closed.Min() >= TimeSpan.FromSeconds(4.9), $"The first was closed after {closed.Min()}.");
        Assert.True(closed.Max() >= TimeSpan.FromSeconds(4.9 + 3.5), $"All were closed within {closed.Max() - closed.Min()}.");

        // Each at a time of its own: a machine that stands still gathers some of them, and the others still take up half of the five
        // seconds.
        var quarters = closed.Select(static time => (int)(time.TotalSeconds * 4)).Distinct().Count();
        Assert.True(quarters >= 10, $"All were closed in {quarters} quarters of a second.");

        // The silent ones are reset at their deadline, and no phase of the shutdown runs out of its time: that takes as long as the machine
        // needs.
        Assert.True(took - closed.Max() < Patience, $"It took {took}.");
        Assert.DoesNotContain(server.Output, static line => line.Contains("timed out", StringComparison.Ordinal));
        clients.ForEach(static client => client.Dispose());
    }

    /// <summary>
    /// Reads the close frame, answers it, and reads the end: a reset would throw. A silent client does nothing after the frame.
    /// </summary>
    /// <returns>The time of the close frame.</returns>
    private static async Task<TimeSpan> LeaveAsync(Socket client, Stopwatch clock, bool answers)
    {
        using var patience = new CancellationTokenSource(Patience);
        var frame = new byte[128];
        var count = 0;
        do
        {
            // A ping, which a busy machine is slow enough for, is left out.
            var ping = count == 0 ? 0 : 2 + frame[1];
            frame.AsSpan(ping, count - ping).CopyTo(frame);
            count -= ping;
            while (count < 2 || count < 2 + frame[1])
            {
                var more = await client.ReceiveAsync(frame.AsMemory(count), patience.Token);
                Assert.NotEqual(0, more);
                count += more;
            }
        }
        while (frame[0] == 0x89);

        var at = clock.Elapsed;
        Assert.Equal(0x88, frame[0]);
        Assert.Equal(1012, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)));
        if (answers)
        {
            await client.SendAsync(CloseAnswer, patience.Token);
            Assert.Equal(0, await client.ReceiveAsync(frame, patience.Token));
            client.Dispose();
        }

        return at;
    }

    private static async Task<Socket> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var answer = new byte[1024];
        var count = await socket.ReceiveAsync(answer);
        Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
        return socket;
    }
}
