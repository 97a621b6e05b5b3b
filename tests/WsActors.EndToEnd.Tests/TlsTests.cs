using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests;

/// <summary>The program at <c>wss://</c> and at <c>ws+unix://</c>, through clients that are not ours.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly string[] Sockets = ["--set", "ws-actors.transport=sockets"];

    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task The_client_of_NET_works_with_a_PFX_with_a_password()
    {
        using var certificate = _authority.Sign("CN=localhost", ["localhost"]);
        await File.WriteAllBytesAsync(_authority.In("server.pfx"), certificate.Export(X509ContentType.Pfx, "a password"));
        await using var server = await ServerProcess.StartAsync([
            "--listen", "wss://127.0.0.1:0", .. Sockets,
            "--set", $"ws-actors.tls.certificate={_authority.In("server.pfx")}",
            "--set", $"ws-actors.tls.password=file:{_authority.Write("password", "a password")}"]);
        var trust = _authority.ClientOptions().CertificateChainPolicy!; // not null: the client's trust
        using var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
        {
            using var chain = new X509Chain { ChainPolicy = trust };
            // not null: a server shows one
            return errors is System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors && chain.Build((X509Certificate2)shown!);
        };

        await client.ConnectAsync(new Uri($"wss://localhost:{server.Port}/echo"), CancellationToken.None).WaitAsync(Eventually.Patience);
        await client.SendAsync("grüße");
        Assert.Equal("grüße", await client.ReceiveTextAsync());
        var bytes = new byte[300_000];
        await client.SendAsync(bytes);
        Assert.Equal(bytes, (await client.ReceiveAsync()).Item2);
        await client.CloseAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.Contains(server.Output, line => line.Contains($"https://127.0.0.1:{server.Port}/", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Output, static line => line.Contains("a password", StringComparison.Ordinal));
    }

    [NodeFact]
    public async Task Nodes_ws_works_within_TLS()
    {
        await using var server = await ServerProcess.StartAsync([
            "--listen", "wss://127.0.0.1:0", .. Sockets,
            "--set", $"ws-actors.tls.certificate={_authority.ServerPem("server.pem", "localhost")}"]);

        var output = await NodeClientTests.RunInAsync(
            new() { ["NODE_EXTRA_CA_CERTS"] = _authority.Path }, "session.js", $"wss://localhost:{server.Port}/echo");

        Assert.Equal(["open true", "text true grüße", "binary true true", "pong are you there?", "close 4000"], output);
    }

    [NodeFact]
    public async Task Nodes_ws_works_over_a_Unix_socket()
    {
        var path = _authority.In("app.sock");
        await using var server = await ServerProcess.StartAsync(
            ["--listen", "ws://127.0.0.1:0", "--listen", $"ws+unix://{path}", .. Sockets]);
        await Eventually.Holds(() => File.Exists(path), () => "No socket is there.");

        var output = await NodeClientTests.RunAsync("session.js", $"ws+unix://{path}:/echo");

        Assert.Equal(["open true", "text true grüße", "binary true true", "pong are you there?", "close 4000"], output);
    }

    public void Dispose() => _authority.Dispose();
}
