using System.Net.Sockets;
using WsActors.Client.Tests;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>A client at <c>wss://</c>: its trust, its certificate, and its failures. Its system otherwise listens and dials by
/// Akka.IO.</summary>
[Collection(OneByOne.Name)]
public sealed class TlsClientSpec : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task A_server_of_a_configured_authority_is_trusted()
    {
        await using var server = await Start();
        await using var client = NewClient();

        var opened = await Connect(client, $"wss://localhost:{server.EndPoint.Port}/");
        Assert.True(opened.Request.IsSecure);
        Assert.Equal($"https://localhost:{server.EndPoint.Port}", opened.Request.ServerOrigin.ToString());
        opened.Connection.Tell(Ws.Send.Text(new string('x', 100_000)), client.Handler);
        Assert.Equal(100_000, (await client.Expect<Ws.Received>()).Payload.Length);
        opened.Connection.Tell(new Ws.Close(), client.Handler);

        Assert.True((await client.ExpectClosed(1000)).WasClean);
        await server.WaitUntilEmpty();
        await Eventually.Holds(() => client.System.WebSockets().OpenSockets == 0, () => "A socket is left.");
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_trusted()
    {
        await using var server = await Start();
        await using var client = NewClient();

        var failed = await ExpectFailure(client, $"wss://localhost:{server.EndPoint.Port}/", static tls => tls with { Ca = null });

        Assert.Contains("its certificate is not trusted (", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("ws-actors.client.tls.ca", failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.IsFinal);
        await server.WaitUntilEmpty();
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_refused_unless_that_name_is_expected()
    {
        await using var server = await Start();
        await using var client = NewClient();
        var uri = $"wss://127.0.0.1:{server.EndPoint.Port}/";

        var failed = await ExpectFailure(client, uri);
        Assert.Contains("its certificate is not for 127.0.0.1", failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.IsFinal);

        await Connect(client, uri, static tls => tls with { ServerName = "localhost" });
    }

    [Fact]
    public async Task The_Validate_delegate_decides_last()
    {
        await using var server = await Start();
        await using var client = NewClient();
        var uri = $"wss://127.0.0.1:{server.EndPoint.Port}/";

        await Connect(
            client,
            uri,
            static tls => tls with { Ca = null, Validate = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost" });
        var failed = await ExpectFailure(
            client, uri, static tls => tls with { Ca = null, Validate = static (_, certificate, _, _) => certificate is null });

        Assert.Contains("ClientTlsOptions.Validate", failed.Reason, StringComparison.Ordinal);
    }

    /// <summary>It may look something up, and wait for that.</summary>
    [Fact]
    public async Task The_Validate_delegate_runs_on_the_thread_pool()
    {
        bool? isOfPool = null;
        await using var server = await Start();
        await using var client = NewClient();

        await Connect(client, $"wss://127.0.0.1:{server.EndPoint.Port}/", tls => tls with
        {
            Ca = null,
            Validate = (_, _, _, _) => (isOfPool = Thread.CurrentThread.IsThreadPoolThread) is not null,
        });

        Assert.True(isOfPool);
    }

    [Fact]
    public async Task The_clients_certificate_is_sent_on_request()
    {
        string? seen = null;
        await using var server = await Start(
            tls => tls with { ClientCertificates = ClientCertificateMode.Require, ClientCa = _authority.Path },
            (request, _) =>
            {
                seen = request.ClientCertificate?.Subject;
                return Task.FromResult(GuardDecision.Accept());
            });
        await using var client = NewClient();
        var uri = $"wss://localhost:{server.EndPoint.Port}/";
        using var certificate = _authority.Sign("CN=ann", []);
        var file = _authority.Write("ann.pem", TestAuthority.PemOf(certificate));

        await Connect(client, uri, tls => tls with { Certificate = new TlsCertificate { Path = file } });
        Assert.Equal("CN=ann", seen);

        // With TLS 1.3 the refusal arrives after the handshake.
        var failed = await ExpectFailure(client, uri);
        Assert.Contains("certificate", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_TLS_is_distinguished_from_an_absent_one()
    {
        await using var server = await LoopbackServer.Start(Reaction.Echo);
        await using var client = NewClient();

        var failed = await ExpectFailure(client, $"wss://localhost:{server.EndPoint.Port}/");

        Assert.Contains("see whether it speaks TLS at that port", failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.IsFinal);
    }

    [Fact]
    public async Task R17_A_silent_server_fails_at_the_handshake_timeout()
    {
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using var client = NewClient();

        var failed = await ExpectFailure(
            client,
            $"wss://localhost:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}/",
            configure: static options => options with { Handshake = options.Handshake with { Timeout = TimeSpan.FromMilliseconds(100) } });

        Assert.Contains("the TLS handshake did not complete in time", failed.Reason, StringComparison.Ordinal);
        Assert.False(failed.IsFinal);
        await Eventually.Holds(() => client.System.WebSockets().OpenSockets == 0, () => "A socket is left.");
    }

    [Fact]
    public async Task A_missing_file_fails_before_the_dial()
    {
        await using var client = NewClient();

        var failed = await ExpectFailure(client, "wss://localhost:9/", static tls => tls with { Ca = "/no/such/file" });

        Assert.Equal("ws-actors.client.tls.ca = /no/such/file is not usable: there is no such file.", failed.Reason);
        Assert.True(failed.IsFinal);
    }

    public void Dispose() => _authority.Dispose();

    private static TestClient NewClient() => new("ws-actors.transport = akka-io");

    private Task<LoopbackServer> Start(Func<TlsOptions, TlsOptions>? configure = null, Guard? guard = null)
    {
        var certificate = new TlsCertificate { Path = _authority.ServerPem("server.pem", "localhost") };
        return LoopbackServer.Start(
            _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo, new WebSocketRouteOptions { Guard = guard }),
            options => options with { Tls = (configure ?? (static tls => tls))(options.Tls with { Certificate = certificate }) },
            address: "wss://127.0.0.1:0");
    }

    private async Task<Ws.Opened> Connect(TestClient client, string uri, Func<ClientTlsOptions, ClientTlsOptions>? tls = null)
    {
        await client.System.WebSockets().ConnectAsync(Asked(client, uri, tls)).WaitAsync(Patience.Time);
        return await client.Expect<Ws.Opened>();
    }

    private async Task<Ws.ConnectFailed> ExpectFailure(
        TestClient client,
        string uri,
        Func<ClientTlsOptions, ClientTlsOptions>? tls = null,
        Func<ClientOptions, ClientOptions>? configure = null)
    {
        var connecting = client.System.WebSockets().ConnectAsync(Asked(client, uri, tls, configure));
        return (await Assert.ThrowsAsync<ConnectFailedException>(() => connecting.WaitAsync(Patience.Time))).Failure;
    }

    private Ws.Connect Asked(
        TestClient client,
        string uri,
        Func<ClientTlsOptions, ClientTlsOptions>? tls,
        Func<ClientOptions, ClientOptions>? configure = null) =>
        new(uri, client.Handler)
        {
            Configure = options =>
            {
                var trusting = options.Tls with { Ca = _authority.Path };
                return (configure ?? (static same => same))(options with { Tls = tls?.Invoke(trusting) ?? trusting });
            },
        };
}
