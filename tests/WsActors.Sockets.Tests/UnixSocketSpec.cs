using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Client.Tests;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests;

/// <summary>Endpoints that are a file.</summary>
[Collection(OneByOne.Name)]
public sealed class UnixSocketSpec : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wsactors-unix-");

    private readonly ConcurrentQueue<Ws.Opened> _opened = [];

    private string SocketPath => Path.Combine(_directory.FullName, "app.sock");

    [Fact]
    public async Task A_client_connects_by_the_path_and_requests_the_target_behind_the_colon()
    {
        await using var server = await Start();
        await using var client = new TestClient("ws-actors.transport = akka-io");

        await client.System.WebSockets().ConnectAsync($"ws+unix://{SocketPath}:/chat/tea?x=1", client.Handler).WaitAsync(Patience.Time);
        var opened = await client.Expect<Ws.Opened>();
        opened.Connection.Tell(Ws.Send.Text("hi"), client.Handler);
        Assert.Equal("hi", (await client.Expect<Ws.Received>()).Text);
        opened.Connection.Tell(new Ws.Close(), client.Handler);
        Assert.True((await client.ExpectClosed(1000)).WasClean);

        var seen = Assert.Single(_opened).Request;
        Assert.Equal(("tea", "1", "localhost"), (seen.RouteValues["room"], seen.Http.Query["x"], seen.Http.Host));
        Assert.Equal((IPAddress.None, false, "http://localhost"), (seen.ClientAddress, seen.IsSecure, seen.ServerOrigin.ToString()));
        await server.WaitUntilEmpty();
    }

    [Fact]
    public async Task The_file_has_the_configured_permissions_and_is_removed_with_the_endpoint()
    {
        await using var server = await Start(
            static options =>
                options with
                {
                    UnixPermissions = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
                });
        Assert.Equal((UnixFileMode)Convert.ToInt32("660", 8), new FileInfo(SocketPath).UnixFileMode);

        await server.WebSockets.Manager.Ask<Ws.Unbound>(new Ws.Unbind(server.LocalEndPoint), Eventually.Patience);

        Assert.False(File.Exists(SocketPath));
        await server.WebSockets.BindAsync($"ws+unix://{SocketPath}", RouteTable.Empty);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(SocketPath).UnixFileMode);
    }

    [Fact]
    public async Task A_stale_socket_file_is_replaced()
    {
        // A bound socket that does not listen is the remainder of one that did.
        using var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        left.Bind(new UnixDomainSocketEndPoint(SocketPath));

        await using var server = await Start();

        using var client = await server.Connect("/chat/tea");
        await client.Send(Wire.Text("hi"));
        Assert.Equal("hi", (await client.ReadFrame()).Text);
    }

    [Fact]
    public async Task A_socket_in_use_and_another_kind_of_file_are_not_replaced()
    {
        await using var server = await Start();
        Assert.Equal(
            $"Cannot listen on ws+unix://{SocketPath}: another program listens there; stop it or choose another path.",
            await ExpectFailure(server, SocketPath));
        using var client = await server.Connect("/chat/tea");

        var file = Path.Combine(_directory.FullName, "letter");
        await File.WriteAllTextAsync(file, "");
        Assert.Equal(
            $"Cannot listen on ws+unix://{file}: a file is there that is no socket; remove it or choose another path.",
            await ExpectFailure(server, file));
        Assert.True(File.Exists(file));

        Assert.Equal(
            "Cannot listen on ws+unix:///no/such/app.sock: there is no such directory; make it or choose another path.",
            await ExpectFailure(server, "/no/such/app.sock"));
    }

    [Fact]
    public async Task A_client_without_an_address_has_no_limit_per_address()
    {
        await using var server = await Start(config: "ws-actors.connections { max-per-address = 1, max-handshakes-per-address = 1 }");

        using var first = await server.Connect("/chat/tea");
        using var second = await server.Connect("/chat/tea");
        using var third = await RawClient.Dial(server.LocalEndPoint);
        using var fourth = await server.Connect("/chat/tea");

        var list = await server.WebSockets.Manager.Ask<Ws.ConnectionList>(
            new Ws.ListConnections(new Ws.ConnectionFilter()), Eventually.Patience);
        Assert.Equal(["unix", "unix", "unix"], list.Connections.Select(static one => one.Address));
    }

    [Fact]
    public async Task A_client_without_an_address_is_listed_as_unix_and_in_no_network()
    {
        await using var server = await Start();
        using var client = await server.Connect("/chat/tea");

        Assert.Single((await Found("unix")).Connections);
        Assert.Empty((await Found("0.0.0.0/0")).Connections);
        Assert.Empty((await Found("255.255.255.255")).Connections);

        Task<Ws.ConnectionList> Found(string address) => server.WebSockets.Manager.Ask<Ws.ConnectionList>(
            new Ws.ListConnections(new Ws.ConnectionFilter { Address = address }), Eventually.Patience);
    }

    [Fact]
    public async Task A_session_over_a_Unix_socket_has_the_address_unix()
    {
        await using var server = await Start(route: new WebSocketRouteOptions { Sessions = true });
        using var client = await RawClient.Dial(server.LocalEndPoint);
        await client.Send(Wire.Request("/chat/tea", "Sec-WebSocket-Protocol: wsactors.session.v1\r\n"));
        await client.ReadUpgrade();
        await client.Send(Wire.Text("hello"));
        await Eventually.Holds(() => !_opened.IsEmpty, () => "Opened was never told.");

        var stats = await _opened.Single().Connection.Ask<Ws.Stats>(Ws.GetStats.Instance, Eventually.Patience);

        Assert.Equal("unix", stats.Address);
    }

    [Theory]
    [InlineData("[]", "255.255.255.255")]
    [InlineData("[unix]", "192.0.2.7")]
    public async Task A_proxy_over_the_socket_is_trusted_when_it_is_listed(string proxies, string client)
    {
        await using var server = await Start(config: $"ws-actors.trusted-proxies = {proxies}");

        using var raw = await RawClient.Connect(server.LocalEndPoint, "/chat/tea", headers: "X-Forwarded-For: 192.0.2.7\r\n");

        await Eventually.Holds(() => !_opened.IsEmpty, () => "Opened was never told.");
        Assert.Equal(client, _opened.Single().Request.ClientAddress.ToString());
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Task<LoopbackServer> Start(
        Func<EndpointOptions, EndpointOptions>? configure = null, string config = "", WebSocketRouteOptions? route = null)
    {
        var handler = Reaction.PropsFor(happened =>
        {
            Reaction.EchoBack(happened);
            if (happened is Ws.Opened opened)
            {
                _opened.Enqueue(opened);
            }
        });
        return LoopbackServer.Start(
            _ => RouteTable.Empty.Map("/chat/{room}", _ => handler, route ?? new WebSocketRouteOptions()),
            configure,
            address: $"ws+unix://{SocketPath}",
            config: config);
    }

    private static async Task<string> ExpectFailure(LoopbackServer server, string path)
    {
        var bind = new Ws.Bind($"ws+unix://{path}", RouteTable.Empty);
        return (await server.WebSockets.Manager.Ask<Ws.BindFailed>(bind, Eventually.Patience)).Reason;
    }
}
