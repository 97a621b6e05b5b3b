using Microsoft.AspNetCore.Http;
using WsActors.Tests.Loopback;

namespace WsActors.Client.Tests;

/// <summary>Our client against the WebSocket server of ASP.NET Core.</summary>
public sealed class AgainstKestrelTests : PeerTests
{
    private protected override Task<IServer> Start(int port = 0) => KestrelServer.Start(port);

    [Theory]
    [InlineData(MessageCompression.Shared, false, 15)]
    [InlineData(MessageCompression.Shared, true, 15)]
    [InlineData(MessageCompression.Shared, false, 9)]
    [InlineData(MessageCompression.Dedicated, false, 15)]
    [InlineData(MessageCompression.Dedicated, true, 15)]
    [InlineData(MessageCompression.Dedicated, false, 9)]
    [InlineData(MessageCompression.Dedicated, true, 10)]
    public async Task Compressed_messages_are_echoed_unchanged(MessageCompression ours, bool isServerForgetful, int serverWindowBits)
    {
        await using var server = await KestrelServer.Start(0, () => new WebSocketAcceptContext
        {
            DangerousEnableCompression = true,
            DisableServerContextTakeover = isServerForgetful,
            ServerMaxWindowBits = serverWindowBits,
        });

        await ExpectCompressedEcho(server, ours);
    }

    [Fact]
    public async Task Compression_without_the_servers_agreement_is_not_used()
    {
        await using var server = await Start();
        await using var client = new TestClient("ws-actors.compression { mode = dedicated, threshold = 0B }");
        await client.Connect(server);

        client.Tell(Ws.Send.Text("plain plain plain plain"));

        Assert.Equal("plain plain plain plain", (await client.Expect<Ws.Received>()).Text);
    }

    // .NET sends a ping only once the one before was answered with its own payload, and hangs up without that answer.
    [Fact]
    public async Task Pings_of_the_server_are_answered()
    {
        const int Enough = 20;
        await using var server = new Overheard(await KestrelServer.Start(0, static () => new WebSocketAcceptContext
        {
            KeepAliveInterval = TimeSpan.FromMilliseconds(10),
            KeepAliveTimeout = Eventually.Patience,
        }));
        await using var client = new TestClient();
        await client.Connect(server);

        await Eventually.Holds(() => Pings(server.Sent) >= Enough, () => $"The server has sent {Pings(server.Sent)} pings.");

        client.Tell(Ws.Send.Text("still here"));
        Assert.Equal("still here", (await client.Expect<Ws.Received>()).Text);

        // It sends no other frame: a ping has a payload of eight bytes.
        static int Pings(byte[] sent)
        {
            var frames = sent.AsSpan();
            frames = frames[(frames.IndexOf("\r\n\r\n"u8) + 4)..];
            Assert.True(frames.Length < 2 || frames.StartsWith((ReadOnlySpan<byte>)[0x89, 8]), Convert.ToHexString(frames));
            return frames.Length / (2 + 8);
        }
    }

    [Fact]
    public async Task The_subprotocol_is_the_servers_choice()
    {
        await using var server = await Start();
        await using var client = new TestClient();

        Assert.Equal("chat.v2", (await client.Connect(server, null, "chat.v2", "chat.v1")).Subprotocol);
    }

    [Fact]
    public async Task Messages_are_echoed_within_TLS()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Sign("CN=localhost", ["localhost"]);
        await using var server = await KestrelServer.Start(0, certificate: certificate);
        await using var client = new TestClient($"ws-actors.client.tls.ca = \"{authority.Path}\"");

        await client.System.WebSockets().ConnectAsync($"wss://localhost:{server.Port}/", client.Handler).WaitAsync(Patience.Time);
        var opened = await client.Expect<Ws.Opened>();
        for (var i = 0; i < 50; i++)
        {
            opened.Connection.Tell(Ws.Send.Text(new string('x', i * 1000)), client.Handler);
            Assert.Equal(i * 1000, (await client.Expect<Ws.Received>()).Payload.Length);
        }

        opened.Connection.Tell(new Ws.Close(4001, "enough"), client.Handler);
        Assert.True((await client.ExpectClosed(4001)).WasClean);
    }
}
