using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Tests.Loopback;

namespace WsActors.Client.Tests;

/// <summary>Our client against our server.</summary>
public sealed class AgainstWsActorsTests : PeerTests
{
    private protected override async Task<IServer> Start(int port = 0) => await WsActorsServer.Start(port);

    [Theory]
    [InlineData(MessageCompression.Shared, MessageCompression.Shared)]
    [InlineData(MessageCompression.Shared, MessageCompression.Dedicated)]
    [InlineData(MessageCompression.Dedicated, MessageCompression.Shared)]
    [InlineData(MessageCompression.Dedicated, MessageCompression.Dedicated)]
    public async Task Compressed_messages_are_echoed_unchanged(MessageCompression ours, MessageCompression theirs)
    {
        await using var server = await WsActorsServer.Start(0, theirs);

        await ExpectCompressedEcho(server, ours);
    }

    [Fact]
    public async Task A_blocked_handler_slows_the_server_and_no_message_is_lost()
    {
        const int Messages = 1024;
        await using var server = await WsActorsServer.Start(0);
        await using var client = new TestClient();
        await client.Connect(server);
        var handler = client.StandStill();
        client.Tell(Ws.Send.Text($"flood {Messages}"));

        using var deadline = new CancellationTokenSource(Patience.Time);
        int taken;
        do
        {
            taken = server.Flooded;
            await Task.Delay(TimeSpan.FromMilliseconds(500), deadline.Token);
        }
        while (taken == 0 || server.Flooded > taken);

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

    private static async Task ExpectToReach(string host, string listening)
    {
        await using var server = await WsActorsServer.Start(0, host: listening);
        await using var client = new TestClient();

        await client.System.WebSockets().ConnectAsync($"ws://{host}:{server.Port}/", client.Handler).WaitAsync(Patience.Time);

        await client.Expect<Ws.Opened>();
    }
}
