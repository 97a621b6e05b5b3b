using System.Security.Cryptography;
using System.Text;
using Akka.Actor;

namespace WsActors.Client.Tests;

/// <summary>A client with any server, over real sockets.</summary>
public abstract class PeerTests
{
    /// <summary>Starts the server.</summary>
    /// <param name="port">The port; 0 for a free one.</param>
    private protected abstract Task<IServer> Start(int port = 0);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1024 * 1024)]
    public async Task A_message_of_any_size_is_echoed_unchanged(int bytes)
    {
        await using var server = await Start();
        await using var client = new TestClient();
        await client.Connect(server);
        var payload = RandomNumberGenerator.GetBytes(bytes);
        var text = new string('ü', bytes / 2);

        client.Tell(Ws.Send.Binary(payload));
        Assert.Equal(payload, (await client.Expect<Ws.Received>()).Payload.ToArray());
        client.Tell(Ws.Send.Text(text) with { Ack = "taken" });

        var (first, second) = (await client.Expect<object>(), await client.Expect<object>());
        Assert.Equal(text, Assert.Single(new[] { first, second }.OfType<Ws.Received>()).Text);
        Assert.Contains("taken", new[] { first, second });
    }

    [Fact]
    public async Task A_close_of_the_client_is_answered_and_clean()
    {
        await using var server = await Start();
        await using var client = new TestClient();
        await client.Connect(server);

        client.Tell(new Ws.Close(4001, "enough"));

        var closed = await client.ExpectClosed(4001);
        Assert.Equal((Ws.Side.Local, true), (closed.By, closed.WasClean));
    }

    [Fact]
    public async Task A_close_of_the_server_is_answered_and_clean()
    {
        await using var server = await Start();
        await using var client = new TestClient();
        await client.Connect(server);

        client.Tell(Ws.Send.Text("close 4001 enough"));

        var closed = await client.ExpectClosed(4001);
        Assert.Equal((Ws.Side.Peer, true, "enough"), (closed.By, closed.WasClean, closed.Reason));
    }

    [Fact]
    public async Task A_ping_of_the_client_is_answered()
    {
        await using var server = await Start();
        await using var client = new TestClient();
        await client.Connect(server);

        client.Tell(Ws.Ping.Instance);

        Assert.InRange((await client.Expect<Ws.Ponged>()).RoundTrip, TimeSpan.Zero, Patience.Time);
    }

    [Fact]
    public async Task Many_messages_at_once_are_echoed_in_order()
    {
        const int Messages = 2000;
        await using var server = await Start();
        await using var client = new TestClient();
        await client.Connect(server, static options => options with { SendQueue = options.SendQueue with { MaxBytes = 16 * 1024 * 1024 } });

        for (var i = 0; i < Messages; i++)
        {
            client.Tell(Ws.Send.Text($"{i} {new string('x', i)}"));
        }

        for (var i = 0; i < Messages; i++)
        {
            Assert.Equal($"{i} {new string('x', i)}", (await client.Expect<Ws.Received>()).Text);
        }
    }

    [Fact]
    public async Task A_restarted_server_is_connected_to_again()
    {
        await using var client = new TestClient("ws-actors.client.reconnect.enabled = on");
        var server = await Start();
        await client.Connect(server);
        var port = server.Port;
        await server.DisposeAsync();
        await client.Expect<Ws.Closed>();
        Assert.Equal(1, (await client.Expect<Ws.Reconnecting>()).Attempt);
        Assert.Equal(2, (await client.Expect<Ws.Reconnecting>()).Attempt);

        await using var again = await Start(port);
        object next;
        while ((next = await client.Expect<object>()) is Ws.Reconnecting)
        {
        }

        Assert.Equal(client.Connection, Assert.IsType<Ws.Opened>(next).Connection);
        client.Tell(Ws.Send.Text("back again"));
        Assert.Equal("back again", (await client.Expect<Ws.Received>()).Text);
    }

    /// <summary>Sends similar and random messages, and expects their echoes.</summary>
    private protected static async Task ExpectCompressedEcho(IServer server, MessageCompression mode)
    {
        await using var client = new TestClient();
        await client.Connect(server, options => options with
        {
            Compression = options.Compression with { Mode = mode, ThresholdBytes = 0 },
        });
        Assert.True((await client.Connection.Ask<Ws.Stats>(Ws.GetStats.Instance, Patience.Time)).IsCompressed);

        for (var i = 0; i < 100; i++)
        {
            var text = new StringBuilder()
                .Insert(0, $"{i}: the same again, grüße; ", i * 7)
                .Append(Convert.ToBase64String(RandomNumberGenerator.GetBytes(i * 10)));
            client.Tell(Ws.Send.Text(text.ToString()));
            Assert.Equal(text.ToString(), (await client.Expect<Ws.Received>()).Text);
        }

        client.Tell(new Ws.Close());
        Assert.True((await client.ExpectClosed(1000)).WasClean);
    }
}
