using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using WsActors.Client.Tests;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>
/// The chain that crosses the wire is that of the file, with a cross-signed certificate and a root that this side could do without.
/// </summary>
[Collection(OneByOne.Name)]
public sealed class ChainSpec : IDisposable
{
    private readonly TestAuthority _files = new();

    private readonly TestChain _chain = new();

    private IEnumerable<string> Expected =>
        new[] { _chain.Leaf, _chain.Middle, _chain.New, _chain.Cross }.Select(static one => one.Thumbprint).Order();

    private TlsCertificate File => new()
    {
        Path = _files.Write("chain.pem", TestChain.PemOf(_chain.Leaf, _chain.Middle, _chain.New, _chain.Cross)),
        KeyPath = _files.Write("leaf.key", _chain.LeafKey),
    };

    [Fact]
    public async Task A_servers()
    {
        await using var server = await LoopbackServer.Start(
            _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo),
            options => options with { Tls = options.Tls with { Certificate = File } },
            address: "wss://127.0.0.1:0");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint);
        var sent = new List<string>();
        using var tls = new SslStream(
            new NetworkStream(socket), leaveInnerStreamOpen: false, (_, certificate, chain, _) => Note(sent, certificate, chain));

        await tls.AuthenticateAsClientAsync("localhost").WaitAsync(Eventually.Patience);

        Assert.Equal(Expected, sent.Order());
    }

    [Fact]
    public async Task A_clients()
    {
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        await using var client = new TestClient();
        var ours = File;
        var uri = $"wss://localhost:{((IPEndPoint)listening.LocalEndpoint).Port}/";
        var connecting = client.System.WebSockets().ConnectAsync(new Ws.Connect(uri, client.Handler)
        {
            Configure = options => options with { Tls = options.Tls with { Ca = _files.Path, Certificate = ours } },
        });
        using var socket = await listening.AcceptSocketAsync().WaitAsync(Eventually.Patience);
        var sent = new List<string>();
        using var tls = new SslStream(
            new NetworkStream(socket), leaveInnerStreamOpen: false, (_, certificate, chain, _) => Note(sent, certificate, chain));
        using var certificate = _files.Sign("CN=localhost", ["localhost"]);

        await tls.AuthenticateAsServerAsync(certificate, clientCertificateRequired: true, checkCertificateRevocation: false)
            .WaitAsync(Eventually.Patience);

        Assert.Equal(Expected, sent.Order());
        socket.Dispose();
        await Assert.ThrowsAsync<ConnectFailedException>(() => connecting.WaitAsync(Eventually.Patience));
    }

    public void Dispose() => _files.Dispose();

    /// <summary>A chain is built from the certificates that the peer has sent.</summary>
    private static bool Note(List<string> sent, X509Certificate? certificate, X509Chain? chain)
    {
        // not null: it was sent
        sent.AddRange(chain!.ChainPolicy.ExtraStore.Append((X509Certificate2)certificate!).Select(static one => one.Thumbprint).Distinct());
        return sent.Count > 0;
    }
}
