using System.Buffers.Binary;
using Akka.Actor;

namespace WsActors.Client.Tests;

/// <summary>Our client against our server, wherever that gets its connections from.</summary>
public abstract class OurServerTests : PeerTests
{
    private protected abstract Task<IOurServer> StartOurs(int port, MessageCompression compression);

    private protected sealed override async Task<IServer> Start(int port = 0) => await StartOurs(port, MessageCompression.Off);

    [Theory]
    [InlineData(MessageCompression.Shared, MessageCompression.Shared)]
    [InlineData(MessageCompression.Shared, MessageCompression.Dedicated)]
    [InlineData(MessageCompression.Dedicated, MessageCompression.Shared)]
    [InlineData(MessageCompression.Dedicated, MessageCompression.Dedicated)]
    public async Task Compressed_messages_are_echoed_unchanged(MessageCompression ours, MessageCompression theirs)
    {
        await using var server = await StartOurs(0, theirs);

        await ExpectCompressedEcho(server, ours);
    }

    [Fact]
    public async Task A_blocked_handler_slows_the_server_and_no_message_is_lost()
    {
        const int Messages = 1024;
        await using var server = await StartOurs(0, MessageCompression.Off);
        await using var client = new TestClient();
        await using var other = new TestClient();
        await client.Connect(server);
        await other.Connect(server);
        var handler = client.StandStill();
        client.Tell(Ws.Send.Text($"flood {Messages}"));

        var taken = await UntilTheFloodStops(server, other);

        // Of 64 MiB, the kernel's buffers and the read-ahead hold only a part.
        Assert.InRange(taken, 1, Messages * 3 / 4);
        handler.Dispose();
        for (var i = 0; i < Messages; i++)
        {
            Assert.Equal(i, BinaryPrimitives.ReadInt32BigEndian((await client.Expect<Ws.Received>()).Payload.Span));
        }
    }

    [Fact]
    public async Task A_shutdown_of_the_server_is_reported()
    {
        var server = await Start();
        await using var client = new TestClient();
        await client.Connect(server);

        await server.DisposeAsync();

        Assert.True((await client.ExpectClosed(1012)).WasClean);
    }

    [Fact]
    public async Task The_clients_shutdown_closes_with_1001_before_its_handlers_stop()
    {
        await using var server = await Start();
        await using var client = new TestClient();
        await client.System.WebSockets().ConnectAsync($"ws://127.0.0.1:{server.Port}/", client.HandlerProps).WaitAsync(Patience.Time);
        await client.Expect<Ws.Opened>();

        var shutdown = CoordinatedShutdown.Get(client.System).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);

        Assert.True((await client.ExpectClosed(1001)).WasClean);
        await shutdown.WaitAsync(Patience.Time);
    }

    [Fact]
    public async Task An_unknown_path_fails_with_its_status()
    {
        await using var server = await Start();
        await using var client = new TestClient();

        var failed = await Assert.ThrowsAsync<ConnectFailedException>(
            () => client.System.WebSockets()
                .ConnectAsync($"ws://127.0.0.1:{server.Port}/elsewhere", client.Handler)
                .WaitAsync(Patience.Time));

        Assert.Equal(404, failed.Failure.Status);
    }

    /// <summary>
    /// Waits until no message of a flood is taken while another client gets many echoes. On a busy machine both take longer.
    /// </summary>
    /// <returns>The number of messages that were taken.</returns>
    private static async Task<int> UntilTheFloodStops(IOurServer server, TestClient other)
    {
        const int Enough = 500;
        using var deadline = new CancellationTokenSource(Patience.Time);
        var (taken, echoes) = (0, 0);
        while (taken == 0 || echoes < Enough)
        {
            Assert.False(deadline.IsCancellationRequested, $"The flood goes on: {taken} messages are taken.");
            other.Tell(Ws.Send.Text("still here"));
            await other.Expect<Ws.Received>();
            var now = server.Flooded;
            (taken, echoes) = (now, now > taken ? 0 : echoes + 1);
        }

        return taken;
    }
}
