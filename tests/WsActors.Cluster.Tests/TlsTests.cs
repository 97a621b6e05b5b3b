using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsActors.Cluster.Tests;

/// <summary>Nodes with TLS between them, configured as in docs/cluster.md.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Password = "s3cret";

    private readonly string _file = Path.GetTempFileName();

    public TlsTests()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(_file, certificate.Export(X509ContentType.Pfx, Password));
    }

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Publishes_cross_nodes_within_TLS()
    {
        // No authority knows a certificate that the test has made; with one of an authority, validation stays on.
        var nodes = await Node.StartCluster(2, $$"""
            akka.remote.dot-netty.tcp {
              enable-ssl = true
              ssl { suppress-validation = true, certificate { path = "{{_file}}", password = "{{Password}}" } }
            }
            """);
        Assert.All(nodes, static node => Assert.Equal("akka.ssl.tcp", node.Cluster.SelfAddress.Protocol));
        var member = nodes[1].Member("tea");

        var heard = Task.Run(member.ExpectAnyText);
        while (!heard.IsCompleted)
        {
            nodes[0].Publish("tea", Ws.Send.Text("hi"));
            await Task.WhenAny(heard, Task.Delay(50));
        }

        Assert.Equal("hi", await heard);
        await Task.WhenAll(nodes.Select(static node => node.DisposeAsync().AsTask()));
    }
}
