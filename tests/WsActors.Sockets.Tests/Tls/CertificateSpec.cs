using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>The selected certificate, client certificates, and the reload of changed files.</summary>
[Collection(OneByOne.Name)]
public sealed class CertificateSpec : IDisposable
{
    private readonly TestAuthority _authority = new();

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("first.example", "first.example")]
    [InlineData("SECOND.example", "second.example")]
    [InlineData("any.wild.example", "*.wild.example")]
    [InlineData("a.b.wild.example", "first.example")]
    [InlineData("unknown.example", "first.example")]
    [InlineData("127.0.0.1", "first.example")]
    [InlineData("", "first.example")]
    public async Task The_certificate_is_selected_by_the_requested_name_or_is_the_first(string asked, string shown)
    {
        var files = new[] { "first.example", "second.example", "*.wild.example" }
            .Select((name, i) => new TlsCertificate { Path = _authority.ServerPem($"{i}.pem", name) }).ToArray();
        await using var server = await Start(options => options with { Certificate = files[0], Others = files[1..] });

        Assert.Equal("CN=" + shown, await SubjectShown(server, asked));
    }

    [Fact]
    public async Task A_TLS_version_below_the_minimum_is_refused()
    {
        await using var server = await Start(static options => options with { MinVersion = TlsVersion.Tls13 });

        var client = _authority.ClientOptions();
        client.EnabledSslProtocols = SslProtocols.Tls12;
        await Assert.ThrowsAnyAsync<Exception>(() => Talk(server, client));
        client.EnabledSslProtocols = SslProtocols.Tls13;
        await Talk(server, client);
    }

    [Fact]
    public async Task Changed_files_apply_to_new_handshakes_and_connections_stay_open()
    {
        await using var server = await Start();
        using var before = await Connect(server, _authority.ClientOptions());
        Assert.Equal("CN=localhost", before.RemoteCertificate!.Subject); // not null: a server shows one

        _authority.ServerPem("server.pem", "renewed", "localhost");
        await UntilShown(server, "localhost", "renewed");

        await Echo(before);
    }

    [Fact]
    public async Task An_invalid_new_file_keeps_the_old_certificate_and_is_one_warning()
    {
        var other = _authority.ServerPem("other.pem", "other.example");
        await using var server = await Start(options => options with { Others = [new TlsCertificate { Path = other }] });
        _authority.Write("server.pem", "-----BEGIN NONSENSE-----");
        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                return server.Log.Count > 0;
            },
            () => "No warning came.");

        // All files are read in order: when a later one is reloaded, the invalid one was read again. It is replaced in one step, so that no
        // half of it is read.
        for (var i = 0; i < 3; i++)
        {
            File.Move(_authority.ServerPem("next.pem", $"renewed-{i}", "other.example"), other, overwrite: true);
            await UntilShown(server, "other.example", $"renewed-{i}");
        }

        Assert.Equal("CN=localhost", await SubjectShown(server, "localhost"));
        var warning = Assert.IsType<Warning>(Assert.Single(server.Log));
        Assert.Contains("ws-actors.tls.certificate = " + _authority.In("server.pem"), warning.Message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_used_with_a_warning()
    {
        using (var old = _authority.Sign("CN=old", ["localhost"], notAfter: DateTimeOffset.UtcNow.AddDays(-1)))
        {
            _authority.Write("server.pem", TestAuthority.PemOf(old));
        }

        await using var server = await Start(isMade: true);

        await Eventually.Holds(() => server.Log.Count == 1, () => "No warning came.");
        Assert.Contains("clients will refuse it", server.Log.Single().Message.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<AuthenticationException>(() => Talk(server, _authority.ClientOptions()));
    }

    public static TheoryData<ClientCertificateMode, string, bool> Clients => new()
    {
        { ClientCertificateMode.None, "", true },
        { ClientCertificateMode.Request, "", true },
        { ClientCertificateMode.Request, "ours", true },
        { ClientCertificateMode.Request, "expired", false },
        { ClientCertificateMode.Request, "foreign", false },
        { ClientCertificateMode.Request, "a server's", false },
        { ClientCertificateMode.Require, "", false },
        { ClientCertificateMode.Require, "ours", true },
        { ClientCertificateMode.Require, "expired", false },
        { ClientCertificateMode.Require, "foreign", false },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_is_accepted_by_its_certificate_which_the_guard_sees(ClientCertificateMode mode, string shown, bool isTaken)
    {
        ClientCertificate? seen = null;
        var route = new WebSocketRouteOptions
        {
            Guard = (request, _) =>
            {
                seen = request.ClientCertificate;
                Assert.True(request.IsSecure);
                return Task.FromResult(GuardDecision.Accept());
            },
        };
        await using var server = await Start(options => options with { ClientCertificates = mode, ClientCa = _authority.Path }, route);
        using var foreigners = new TestAuthority();
        using var certificate = shown switch
        {
            "" => null,
            "expired" => _authority.Sign("CN=ann", [], notAfter: DateTimeOffset.UtcNow.AddDays(-1)),
            "foreign" => foreigners.Sign("CN=ann", []),
            "a server's" => _authority.Sign("CN=ann", ["ann.example"]),
            _ => _authority.Sign("CN=ann", []),
        };
        var client = _authority.ClientOptions();
        client.ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true);

        if (isTaken)
        {
            await Talk(server, client);
            Assert.Equal(mode == ClientCertificateMode.None ? null : certificate?.Subject, seen?.Subject);
            Assert.Equal(
                mode == ClientCertificateMode.None
                    ? null
                    : certificate?.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant(),
                seen?.Thumbprint);
        }
        else
        {
            // With TLS 1.3 a client learns that only as it reads.
            await Assert.ThrowsAnyAsync<Exception>(() => Talk(server, client));
            Assert.Null(seen);
            await Eventually.Holds(() => server.Log.Count == 1, () => $"{server.Log.Count} refusals were logged.");
            Assert.Contains("400", server.Log.Single().Message.ToString(), StringComparison.Ordinal);
            await server.WaitUntilEmpty();
        }
    }

    public void Dispose() => _authority.Dispose();

    private Task<LoopbackServer> Start(
        Func<TlsOptions, TlsOptions>? configure = null, WebSocketRouteOptions? route = null, bool isMade = false)
    {
        var file = isMade ? _authority.In("server.pem") : _authority.ServerPem("server.pem", "localhost");
        return LoopbackServer.Start(
            _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo, route),
            options => options with
            {
                Tls = (configure ?? (static tls => tls))(options.Tls with { Certificate = new TlsCertificate { Path = file } }),
            },
            address: "wss://127.0.0.1:0",
            config: "ws-actors.drain { lead = off, spread = off }",
            time: _time);
    }

    /// <summary>Advances the time until the certificate for a name is the one of a subject.</summary>
    private async Task UntilShown(LoopbackServer server, string name, string subject)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        while (await SubjectShown(server, name) is var shown && shown != $"CN={subject}")
        {
            Assert.False(deadline.IsCancellationRequested, $"{shown} is still shown.");
            _time.Advance(TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>The subject of the certificate for a name. Then the connection has ended: time that passes later is not its own.</summary>
    private static async Task<string> SubjectShown(LoopbackServer server, string name)
    {
        var before = server.Connections;
        var shown = "";
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(server.EndPoint);
            using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
            {
                shown = certificate?.Subject ?? "";
                return certificate is not null;
            });
            await tls.AuthenticateAsClientAsync(name);
        }

        await Eventually.Holds(() => server.Connections == before, () => $"{server.Connections} connections are there.");
        return shown;
    }

    private static async Task Talk(LoopbackServer server, SslClientAuthenticationOptions options)
    {
        using var tls = await Connect(server, options);
        await Echo(tls);
    }

    private static async Task<SslStream> Connect(LoopbackServer server, SslClientAuthenticationOptions options)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint, deadline.Token);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(options, deadline.Token);
        }
        catch
        {
            await tls.DisposeAsync(); // A shutdown would wait for a socket that stays open: deadlines go by a time that stands still.
            throw;
        }

        await tls.WriteAsync(Wire.Request("/"), deadline.Token);
        var head = new List<byte>();
        while (head.Count < 4 || head[^1] != '\n' || head[^3] != '\n')
        {
            var one = new byte[1];
            await tls.ReadExactlyAsync(one, deadline.Token);
            head.Add(one[0]);
        }

        return tls;
    }

    private static async Task Echo(SslStream tls)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        await tls.WriteAsync(Wire.Text("hi"), deadline.Token);
        var answer = new byte[4];
        await tls.ReadExactlyAsync(answer, deadline.Token);
        Assert.Equal([0x81, 2, (byte)'h', (byte)'i'], answer);
    }
}
