using System.Net;
using System.Net.Sockets;
using System.Text;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Attacks;

/// <summary>
/// One client that publishes tiny messages to many, at full speed. The live memory of the program is judged, not its garbage.
/// </summary>
[Collection(Measured.Name)]
public sealed class PublisherFloodTests(ITestOutputHelper output)
{
    private const int Members = 20;

    private const int Messages = 100_000;

    /// <summary>512 KiB of queued publishes, and a window a member; the rest is the memory of a busy program above an idle one.</summary>
    private const long MostHeld = 12_000_000;

    /// <summary>No message of the flood.</summary>
    private const byte Hello = 255;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_flood_of_publishes_to_reading_members_uses_little_memory_and_arrives_in_order()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await using var server = await ServerProcess.StartAsync(LiveMemory.Environment, ["--set", "ws-actors.keep-alive.ping-interval=1h"]);
        var members = new List<Member>();
        for (var i = 0; i < Members; i++)
        {
            members.Add(await Member.JoinAsync(server.Port, deadline.Token));
        }

        var before = (await server.LiveMemoryAsync()).Heap;
        var all = Task.WhenAll(members.Select(member => Task.Run(() => member.ReadAsync(Messages, deadline.Token))));
        var flood = members[0].FloodAsync(Messages, deadline.Token);
        var most = 0L;
        while (!all.IsCompleted)
        {
            most = Math.Max(most, (await server.LiveMemoryAsync()).Heap - before);
            await Task.WhenAny(all, Task.Delay(100));
        }

        await flood;
        await all;
        members.ForEach(static member => member.Dispose());
        output.WriteLine($"{Messages:N0} messages to {Members} members: the program held {most / 1e6:F1} MB more than before");
        Assert.InRange(most, 0, MostHeld);
    }

    private sealed class Member(Socket socket) : IDisposable
    {
        public static async Task<Member> JoinAsync(int port, CancellationToken cancellation)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            await socket.SendAsync(Wire.Request("/broadcast/flood"), cancellation);
            var head = new byte[4096];
            Assert.StartsWith(
                "HTTP/1.1 101 ",
                Encoding.ASCII.GetString(head, 0, await socket.ReceiveAsync(head, cancellation)),
                StringComparison.Ordinal);

            // A client that receives its own message is a member.
            await socket.SendAsync(Wire.Binary([Hello]), cancellation);
            await socket.ReceiveAsync(head.AsMemory(0, 3), cancellation);
            Assert.Equal(Hello, head[2]);
            return new Member(socket);
        }

        public async Task FloodAsync(int messages, CancellationToken cancellation)
        {
            var flood = new MemoryStream();
            for (var i = 0; i < messages; i++)
            {
                flood.Write(Wire.Binary([(byte)(i % Hello)]));
            }

            var rest = new ReadOnlyMemory<byte>(flood.ToArray());
            while (!rest.IsEmpty)
            {
                rest = rest[await socket.SendAsync(rest[..Math.Min(rest.Length, 64 * 1024)], cancellation)..];
            }
        }

        /// <summary>Reads the flood, frame by frame: three bytes each.</summary>
        public async Task ReadAsync(int messages, CancellationToken cancellation)
        {
            var room = new byte[64 * 1024];
            var (next, kept) = (0, 0);
            while (next < messages)
            {
                var read = await socket.ReceiveAsync(room.AsMemory(kept), cancellation);
                Assert.True(read > 0, $"The connection ended behind {next} messages.");
                var end = kept + read;
                var at = 0;
                for (; end - at >= 3; at += 3)
                {
                    if (room[at + 2] == Hello)
                    {
                        continue; // Of a later member.
                    }

                    Assert.True(room[at + 2] == next % Hello, $"{room[at + 2]} came in place of message {next}.");
                    next++;
                }

                room.AsSpan(at, end - at).CopyTo(room);
                kept = end - at;
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
