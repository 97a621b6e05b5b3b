using System.Globalization;
using System.Net.WebSockets;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// permessage-deflate (RFC 7692) between the program and .NET's own client, which inflates with the window that was agreed on and not
/// with a byte more.
/// </summary>
public sealed class CompressionTests(CompressionTests.Servers servers) : IClassFixture<CompressionTests.Servers>
{
    private static readonly string[] Texts =
    [
        "",
        "hi",
        string.Concat(
            Enumerable.Range(0, 50)
                .Select(static i => string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{i * 7919 % 1000},\"name\":\"user {i}\"}},"))),
        string.Concat(
            Enumerable.Range(0, 4000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"line {i} of {i % 13}, 日本語\n"))),
        new('a', 40_000),
    ];

    public static TheoryData<string, int, bool> Agreements()
    {
        var agreements = new TheoryData<string, int, bool>();
        foreach (var mode in new[] { "shared", "dedicated" })
        {
            for (var bits = 9; bits <= 15; bits++)
            {
                agreements.Add(mode, bits, true);
                agreements.Add(mode, bits, false);
            }
        }

        return agreements;
    }

    [Theory]
    [MemberData(nameof(Agreements))]
    public async Task Messages_are_echoed_with_any_compression_agreement(string mode, int windowBits, bool clientKeepsContext)
    {
        using var client = new ClientWebSocket();
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions
        {
            ServerMaxWindowBits = windowBits,
            ClientMaxWindowBits = windowBits,
            ServerContextTakeover = clientKeepsContext,
            ClientContextTakeover = clientKeepsContext,
        };
        await client.ConnectAsync(servers[mode].WebSocketUri("/echo"), CancellationToken.None);

        for (var round = 0; round < 2; round++)
        {
            foreach (var text in Texts)
            {
                await client.SendAsync(text);
                Assert.Equal(text, await client.ReceiveTextAsync());
            }
        }

        await client.CloseAsync();
    }

    [NodeTheory]
    [InlineData("shared", 15)]
    [InlineData("shared", 9)]
    [InlineData("dedicated", 15)]
    [InlineData("dedicated", 10)]
    public async Task Nodes_ws_gets_compressed_echoes(string mode, int windowBits)
    {
        var output = await NodeClientTests.RunAsync(
            "compression.js",
            servers[mode].WebSocketUri("/echo").ToString(),
            windowBits.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(["open permessage-deflate", "echoed 6, most of them shorter on the wire", "close 1000"], output);
    }

    /// <summary>The program with compression, once for each mode.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly Dictionary<string, ServerProcess> _servers = [];

        public ServerProcess this[string mode] => _servers[mode];

        public async Task InitializeAsync()
        {
            foreach (var mode in new[] { "shared", "dedicated" })
            {
                _servers[mode] = await ServerProcess.StartAsync("--set", $"ws-actors.compression.mode={mode}");
            }
        }

        public async Task DisposeAsync()
        {
            foreach (var server in _servers.Values)
            {
                await server.DisposeAsync();
            }
        }
    }
}
