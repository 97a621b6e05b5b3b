using System.Net.Sockets;
using System.Text;
using WsActors.Protocol.Frames;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Attacks;

/// <summary>
/// Attacks on the running program, bounded in number and time. Each attacker gets the answer that is documented; the program holds no more
/// than the limits allow; an honest client's echo stays quick. Parsers, decompressors and deadlines answer these; <see cref="FloodTests"/>
/// has the others.
/// </summary>
[Collection(Measured.Name)]
public sealed class AttackTests(ITestOutputHelper output)
{
    private const int KiB = 1024;

    private const int MiB = 1024 * KiB;

    /// <summary>The default of <c>message.max-size</c>.</summary>
    private const int MaxMessage = MiB;

    /// <summary>The defaults of <c>handshake.max-request-line</c> and <c>handshake.max-header-bytes</c> together.</summary>
    private const int MaxRequest = 40 * KiB;

    /// <summary>The cost of a connection that holds nothing: three actors and a read buffer.</summary>
    private const int Idle = 24 * KiB;

    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

    [Fact]
    public async Task R7_Bombs_of_64_MiB_are_closed_with_1009()
    {
        const int AtOnce = 40;
        const int Rounds = 15;
        var bomb = Wire.Compressed(new byte[64 * MiB])[0];
        Assert.InRange(bomb.Length, 0, 70_000);

        await using var siege = await Siege.StartAsync(output, "compression.mode=shared");
        await siege.EndureAsync("600 bombs that inflate to 64 MiB, 40 at once", (long)AtOnce * MaxMessage + Siege.Slack, async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await siege.ManyAsync(AtOnce, Offer, async client =>
                {
                    var sending = client.Send(bomb);
                    Assert.Equal(1009, await client.ReadClose());
                    await sending;
                    await client.ReadEnd();
                });
            }
        });
    }

    // Without the ratio, only the message limit bounds them. A growing buffer doubles, and leaves the previous one as garbage.
    [Fact]
    public async Task R7_Unfinished_bombs_hold_one_message_each_and_are_closed_with_1009_at_one_more_byte()
    {
        const int Count = 100;
        var frames = Wire.Compressed(new byte[MaxMessage], new byte[1]);
        Assert.InRange(frames[0].Length, 0, 2000);

        await using var siege = await Siege.StartAsync(output, "compression.mode=shared", "compression.max-ratio=off");
        const string Attack = "100 unfinished bombs at once, each as large as a message may be";
        await siege.EndureAsync(Attack, 2L * Count * MaxMessage + Siege.Slack, async () =>
        {
            var left = Count;
            var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await siege.ManyAsync(Count, Offer, async client =>
            {
                await client.Send((byte[])[.. frames[0], .. Wire.Frame(Opcode.Ping, [])]);
                Assert.Equal(Opcode.Pong, (await client.ReadFrame()).Opcode);
                if (Interlocked.Decrement(ref left) == 0)
                {
                    all.SetResult();
                }

                // The memory of all is measured before the first of them continues.
                await all.Task.WaitAsync(Eventually.Patience);
                await siege.LookAsync();
                await client.Send(frames[1]);
                Assert.Equal(1009, await client.ReadClose());
            });
        });
    }

    // So small that the ratio allows them, and many in a read.
    [Fact]
    public async Task R7_Small_bombs_pause_reading_before_they_fill_the_memory()
    {
        const int Connections = 30;
        const int Bombs = 1_000;
        var bombs = Siege.Repeat(Wire.Compressed(new byte[64 * KiB])[0], Bombs);

        await using var siege = await Siege.StartAsync(output, "compression.mode=shared");
        await siege.EndureAsync(
            "30,000 bombs that inflate to 64 KiB, by 30 clients",
            (long)Connections * Siege.MaxUnsent + Siege.Slack,
            () => siege.ManyAsync(Connections, Offer, async client =>
            {
                var sending = client.Send(bombs);
                for (var i = 0; i < Bombs; i++)
                {
                    Assert.Equal(Opcode.Binary, (await client.ReadFrame()).Opcode);
                }

                await sending;
            }));
    }

    [Fact]
    public async Task R6_A_million_empty_fragments_are_closed_with_1008_at_the_16385th()
    {
        const int Most = 16_384;
        const int Connections = 61;
        const int Rounds = 5;
        var first = Wire.Frame(Opcode.Binary, [], fin: false);
        var next = Wire.Frame(Opcode.Continuation, [], fin: false);
        var most = Siege.Repeat(next, Most - 1);

        await using var siege = await Siege.StartAsync(output);
        const string Attack = "a million empty fragments on 61 connections, 5 times; a million on one";
        await siege.EndureAsync(Attack, (long)Connections * Idle + Siege.Slack, async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await siege.ManyAsync(Connections, "", async client =>
                {
                    await client.Send((byte[])[.. first, .. most, .. Wire.Frame(Opcode.Ping, [])]);
                    Assert.Equal(Opcode.Pong, (await client.ReadFrame()).Opcode);
                    await client.Send(next);
                    Assert.Equal(1008, await client.ReadClose());
                });
            }

            await siege.ManyAsync(1, "", async client =>
            {
                var sending = client.Send((byte[])[.. first, .. Siege.Repeat(most, Connections)]);
                Assert.Equal(1008, await client.ReadClose());
                await sending;
                await client.ReadEnd();
            });
        });
    }

    [Fact]
    public async Task R8_R17_Requests_sent_byte_by_byte_are_answered_408()
    {
        const int Connections = 300;
        var request = Wire.Request("/echo", $"X-Endless: {new string('a', 1000)}\r\n");

        await using var siege = await Siege.StartAsync(output, "handshake.timeout=3s", "close-timeout=1m");
        await siege.EndureAsync("300 requests byte by byte", (long)Connections * (Idle + MaxRequest) + Siege.Slack, async () =>
        {
            using var crowd = await Crowd.DialAsync(siege.Server.Port, Connections);
            await crowd.EachAsync((socket, cancellation) => DripAsync(socket, request, cancellation), Connections);
        });
    }

    [Fact]
    public async Task R17_Five_thousand_half_open_handshakes_are_answered_408()
    {
        const int Connections = 5_000;
        var half = Wire.Request("/echo")[..60];

        await using var siege = await Siege.StartAsync(output, "handshake.timeout=4s", "close-timeout=1m");
        await siege.EndureAsync("5,000 half-open handshakes", (long)Connections * (Idle + MaxRequest) + Siege.Slack, async () =>
        {
            using var crowd = await Crowd.DialAsync(siege.Server.Port, Connections, half);
            await crowd.ExpectAsync("HTTP/1.1 408 "u8.ToArray());
        });
    }

    [Fact]
    public async Task R4_R17_Half_a_frame_on_2000_connections_is_closed_with_1008()
    {
        const int Connections = 2_000;
        const int BelievedLength = 64 * KiB; // Up to here an announced length is believed.
        byte[] half = [.. Wire.HeaderOf(MaxMessage), 1, 2, 3];

        await using var siege = await Siege.StartAsync(output, "progress.partial-frame-timeout=2s");
        const string Attack = "half a frame of 1 MiB on 2,000 connections";
        await siege.EndureAsync(Attack, (long)Connections * (Idle + BelievedLength) + Siege.Slack, async () =>
        {
            using var crowd = await Crowd.OpenAsync(siege.Server.Port, Connections);
            await crowd.EachAsync(async (socket, cancellation) => await socket.SendAsync(half, cancellation));
            await crowd.EachAsync(async (socket, cancellation) =>
            {
                var answer = new byte[256];
                var count = await socket.ReceiveAsync(answer, cancellation);
                Assert.True(count > 4 && answer is [0x88, _, 0x03, 0xF0, ..], Convert.ToHexString(answer[..count]));
            });
        });
    }

    [Fact]
    public async Task R16_Malformed_input_of_every_kind_ends_only_its_own_connection()
    {
        const int Connections = 1_000;
        const int Seed = 16;
        string[] paths = ["/echo", "/chat/room", "/broadcast/topic", "/health/live", "/"];

        await using var siege = await Siege.StartAsync(output, "compression.mode=shared", "close-timeout=1s");
        const string Attack = "1,000 clients that send random bytes, half of them after a good request";
        await siege.EndureAsync(Attack, (long)Connections * Idle + Siege.Slack, async () =>
        {
            using var crowd = await Crowd.DialAsync(siege.Server.Port, Connections);
            var next = 0;
            await crowd.EachAsync(async (socket, cancellation) =>
            {
                var i = Interlocked.Increment(ref next);
                var nonsense = new byte[1000];
                new Random(Seed + i).NextBytes(nonsense);
                try
                {
                    await socket.SendAsync(
                        i % 2 == 0 ? nonsense : (byte[])[.. Wire.Request(paths[i % paths.Length], Offer), .. nonsense], cancellation);
                    socket.Shutdown(SocketShutdown.Send);
                    while (await socket.ReceiveAsync(new byte[4096], cancellation) > 0)
                    {
                    }
                }
                catch (SocketException)
                {
                    // A reset is an answer, too.
                }
            });
        });

        Assert.Empty(siege.Server.Errors);
        Assert.DoesNotContain(siege.Server.Output, static line => line.Contains("ERR", StringComparison.Ordinal));
    }

    /// <summary>Sends a byte from time to time, until a response arrives.</summary>
    private static async Task DripAsync(Socket socket, byte[] request, CancellationToken cancellation)
    {
        var answer = new byte[1024];
        var reading = socket.ReceiveAsync(answer, cancellation).AsTask();
        for (var sent = 0; !reading.IsCompleted; sent++)
        {
            await socket.SendAsync(request.AsMemory(sent, 1), cancellation);
            await Task.WhenAny(reading, Task.Delay(40, cancellation));
        }

        Assert.StartsWith("HTTP/1.1 408 ", Encoding.ASCII.GetString(answer, 0, await reading), StringComparison.Ordinal);
    }
}
