using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>Clients of a TLS port that do not speak it, or never complete it: they are closed, counted, and affect no other.</summary>
[Collection(OneByOne.Name)]
public sealed class NonTlsClientSpec
{
    private readonly ManualTime _time = new();

    public static TheoryData<string, byte[]> Strangers => new()
    {
        { "plain HTTP", Wire.Request("/") },
        { "garbage", [.. Enumerable.Range(0, 500).Select(static i => (byte)(i * 37))] },
        { "SSL 2", [0x80, 0x2E, 1, 0, 2, .. new byte[50]] },
        { "an alert", [21, 3, 1, 0, 2, 2, 40] },
        { "application data", [23, 3, 3, 0, 5, 1, 2, 3, 4, 5] },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public Task R16_A_client_without_TLS_is_refused_and_affects_no_other(string what, byte[] said) => WithinTls.Run(async () =>
    {
        await using var server = await Start();
        using var honest = await server.Connect();

        using var stranger = await DialPlainly(server);
        await stranger.SendAsync(said);
        await ReadToEnd(stranger);

        await Eventually.Holds(() => server.Connections == 1, () => $"{what}: {server.Connections} connections are there.");
        await ExpectRefused(server, 1);
        await ExpectEcho(honest);
    });

    [Fact]
    public Task R17_A_partial_handshake_is_reset_at_its_deadline() => WithinTls.Run(async () =>
    {
        await using var server = await Start();
        var hello = await HelloOf(server);
        using var first = await DialPlainly(server);
        await first.SendAsync(hello);
        Assert.Equal(1, await first.ReceiveAsync(new byte[1])); // It has started, and its deadline with it.
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var silent = new List<Socket>();
        byte[][] beginnings =
        [
            [],
            [22, 3, 1, 0, 0],
            [22, 3, 1, 0xFF, 0xFF, .. new byte[100]],
            hello[..1],
            hello[..5],
            hello[..(hello.Length / 2)],
            hello[..^1],
            hello,
        ];
        foreach (var beginning in beginnings)
        {
            silent.Add(await DialPlainly(server));
            await silent[^1].SendAsync(beginning);
        }

        await Eventually.Holds(() => server.Connections == silent.Count + 1, () => $"{server.Connections} connections are there.");
        using var honest = await server.Connect();
        _time.Advance(TimeSpan.FromSeconds(9.9));

        // Only the first one's deadline has passed: when that is reset, a tick has checked the deadlines of all.
        await ReadToEnd(first);
        await Eventually.Holds(() => server.Connections == silent.Count + 1, () => $"{server.Connections} connections are there.");
        Assert.DoesNotContain(silent, static socket => socket.Available == 0 && socket.Poll(0, SelectMode.SelectRead));

        _time.Advance(TimeSpan.FromSeconds(0.2));
        await Eventually.Holds(() => server.Connections == 1 && server.Sockets == 1, () => $"{server.Connections} connections are there.");
        await ExpectRefused(server, silent.Count + 1);
        await ExpectEcho(honest);
        silent.ForEach(static socket => socket.Dispose());
    });

    [Fact]
    public Task A_silent_socket_is_reset_at_its_deadline_and_not_logged() => WithinTls.Run(async () =>
    {
        await using var server = await Start();
        using var silent = await DialPlainly(server);
        using var begun = await DialPlainly(server);
        await begun.SendAsync(await HelloOf(server));
        Assert.Equal(1, await begun.ReceiveAsync(new byte[1])); // Its hello was read.
        await Eventually.Holds(() => server.Connections == 2, () => $"{server.Connections} connections are there.");

        _time.Advance(TimeSpan.FromSeconds(10));

        await server.WaitUntilEmpty();
        await ExpectRefused(server, 2);
        Assert.Contains("408", Assert.Single(server.Log).ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public Task Sockets_closed_within_their_handshake_leak_nothing() => WithinTls.Run(async () =>
    {
        await using var server = await Start();
        var hello = await HelloOf(server);
        for (var i = 0; i < 200; i++)
        {
            using var socket = await DialPlainly(server);
            await socket.SendAsync(hello.AsMemory(0, hello.Length * i / 199));
            if (i % 2 == 0)
            {
                socket.LingerState = new LingerOption(true, 0);
            }
        }

        await server.WaitUntilEmpty();
        Assert.Equal(0, server.WebSockets.RentedBuffers);
        Assert.DoesNotContain(server.Log, static line => line is Error);
    });

    [Fact]
    public Task Unfinished_TLS_counts_as_an_unfinished_request_and_no_handshake_starts_past_the_limit() => WithinTls.Run(async () =>
    {
        await using var server = await Start("ws-actors.connections { max-handshakes = 3, max-handshakes-per-address = off }");
        using var honest = await server.Connect();
        var silent = new List<Socket>();
        for (var i = 0; i < 3; i++)
        {
            silent.Add(await DialPlainly(server));
        }

        await Eventually.Holds(() => server.Connections == 4, () => $"{server.Connections} connections are there.");
        await ExpectReset(server);
        await ExpectRefused(server, 1);
        await ExpectEcho(honest);

        silent.ForEach(static socket => socket.Dispose());
        await Eventually.Holds(() => server.Connections == 1, () => $"{server.Connections} connections are there.");
        using var next = await server.Connect();
        await ExpectEcho(next);
    });

    [Fact]
    public Task Unfinished_TLS_of_one_address_is_limited() => WithinTls.Run(async () =>
    {
        await using var server = await Start("ws-actors.connections.max-handshakes-per-address = 2");
        using var first = await DialPlainly(server);
        using var second = await DialPlainly(server);
        await Eventually.Holds(() => server.Connections == 2, () => $"{server.Connections} connections are there.");

        await ExpectReset(server);
        await ExpectRefused(server, 1);
    });

    [Fact]
    public Task A_flood_of_failed_handshakes_is_few_log_lines() => WithinTls.Run(async () =>
    {
        await using var server = await Start("ws-actors.log.max-refusals-a-minute = 5");
        for (var i = 0; i < 50; i++)
        {
            using var stranger = await DialPlainly(server);
            await stranger.SendAsync(Wire.Request("/?token=secret"));
            await ReadToEnd(stranger);
        }

        await server.WaitUntilEmpty();
        await ExpectRefused(server, 50);
        var lines = server.Log.Select(static line => line.Message.ToString()!).ToArray(); // not null: a log line has a text
        Assert.Equal(5, lines.Length);
        Assert.All(lines, static line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
    });

    [OpenSslFact]
    public Task Renegotiation_is_refused() => WithinTls.Run(async () =>
    {
        await using var server = await Start();
        using var honest = await server.Connect();
        using var client = Process.Start(new ProcessStartInfo(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{server.EndPoint.Port}", "-tls1_2", "-legacy_renegotiation"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // not null: the shell is not used
        var (output, errors) = (client.StandardOutput.ReadToEndAsync(), client.StandardError.ReadToEndAsync());
        await Eventually.Holds(() => server.Connections == 2, () => $"{server.Connections} connections are there.");
        await client.StandardInput.WriteAsync("R\n");
        await client.StandardInput.FlushAsync();

        await client.WaitForExitAsync().WaitAsync(Eventually.Patience);
        Assert.Contains("RENEGOTIATING", await output + await errors, StringComparison.Ordinal);
        await Eventually.Holds(() => server.Connections == 1, () => $"{server.Connections} connections are there.");
        await ExpectEcho(honest);
    });

    private Task<LoopbackServer> Start(string config = "") =>
        LoopbackServer.Start(
            static _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo),
            config: "ws-actors.drain { lead = off, spread = off }\n" + config,
            time: _time);

    /// <summary>A client that is reset at once may see that when it dials, or when it reads.</summary>
    private static async Task ExpectReset(LoopbackServer server)
    {
        try
        {
            using var socket = await DialPlainly(server);
            Assert.Equal(SocketError.ConnectionReset, await ReadToEnd(socket));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static async Task<Socket> DialPlainly(LoopbackServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.EndPoint);
        return socket;
    }

    /// <summary>All bytes to the end of the stream or its reset.</summary>
    private static async Task<SocketError> ReadToEnd(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        try
        {
            while (await socket.ReceiveAsync(new byte[1024], deadline.Token) > 0)
            {
            }

            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    /// <summary>The first bytes of a client.</summary>
    private static async Task<byte[]> HelloOf(LoopbackServer server)
    {
        var said = new MemoryStream();
        using var client = new SslStream(said);
        await Assert.ThrowsAnyAsync<IOException>(() => client.AuthenticateAsClientAsync($"{server.EndPoint.Address}"));
        return said.ToArray();
    }

    private static async Task ExpectRefused(LoopbackServer server, int count)
    {
        var totals = await server.WebSockets.Manager.Ask<Ws.Totals>(Ws.GetStats.Instance, Eventually.Patience);
        Assert.Equal(count, totals.Refused);
    }

    private static async Task ExpectEcho(RawClient client)
    {
        await client.Send(Wire.Text("still here"));
        Assert.Equal("still here", (await client.ReadFrame()).Text);
    }
}
