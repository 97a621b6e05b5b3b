using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using WsActors.EndToEnd.Tests.Yardsticks;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A process without a free descriptor cannot load an assembly, and .NET never retries: everything that a first connection needs is loaded
/// before the port opens. Only a separate process shows it, since a test process has loaded all.
/// </summary>
public sealed partial class FirstUseTests
{
    [LinuxTheory]
    [InlineData("sockets")]
    [InlineData("akka-io")]
    public async Task The_first_connections_load_no_assembly_and_no_library(string transport)
    {
        await using var server = await ServerProcess.StartAsync("--transport", transport, "--set", "ws-actors.compression.mode=shared");
        await ListeningTests.AskAsync(server.Port, "GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        var before = Loaded(server);

        await TalkAsync(server, "/echo", static options => options.DangerousDeflateOptions = new WebSocketDeflateOptions());
        await TalkAsync(server, "/broadcast/tea");
        await TalkAsync(server, "/chat/tea?name=Ann", text: """{"type":"say","text":"hi"}""");
        await TalkAsync(server, "/chat/tea?name=Bob", static options => options.AddSubProtocol("wsactors.session.v1"), text: null);

        Assert.Empty(Loaded(server).Except(before));
    }

    [LinuxFact]
    public async Task The_first_connection_within_TLS_loads_no_assembly()
    {
        using var authority = new TestAuthority();
        await using var server = await ServerProcess.StartAsync(
            "--listen", "wss://127.0.0.1:0",
            "--transport", "sockets",
            "--set", $"ws-actors.tls.certificate={authority.ServerPem("server.pem", "localhost")}");
        await Eventually.Holds(
            () => server.Output.Any(static line => line.Contains("open https:", StringComparison.Ordinal)),
            static () => "it did not start");
        var before = Loaded(server);

        using var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            // not null: the client's trust
            using var chain = new X509Chain { ChainPolicy = authority.ClientOptions().CertificateChainPolicy! };
            return chain.Build((X509Certificate2)shown!); // not null: a server shows one
        };
        await client.ConnectAsync(new Uri($"wss://localhost:{server.Port}/echo"), CancellationToken.None).WaitAsync(Eventually.Patience);
        await client.SendAsync("hi");
        await client.ReceiveTextAsync();

        Assert.Empty(Loaded(server).Except(before));
    }

    private static async Task TalkAsync(
        ServerProcess server, string path, Action<ClientWebSocketOptions>? configure = null, string? text = "hi")
    {
        using var client = new ClientWebSocket();
        configure?.Invoke(client.Options);
        await client.ConnectAsync(server.WebSocketUri(path), CancellationToken.None).WaitAsync(Eventually.Patience);
        if (text is not null)
        {
            await client.SendAsync(text);
            await client.ReceiveTextAsync();
        }
    }

    /// <summary>The assemblies and libraries that are mapped into its memory.</summary>
    private static HashSet<string> Loaded(ServerProcess server) =>
        [
            .. File.ReadLines($"/proc/{server.Id}/maps")
                .Select(static line => Library().Match(line).Value)
                .Where(static name => name.Length > 0),
        ];

    [GeneratedRegex(@"[^/ ]+\.(dll|so)\b.*$")]
    private static partial Regex Library();
}
