using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using WsActors.Routing;

namespace WsActors.AspNetCore.Tests;

/// <summary>The requests that are not upgraded, and the routes of those that are.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_plain_GET_is_answered_426_and_a_POST_405()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"));

        using var get = await app.Http.GetAsync(new Uri(app.Address, "/echo"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, get.StatusCode);
        Assert.Equal("websocket", get.Headers.GetValues("Upgrade").Single());
        Assert.StartsWith("This path serves WebSockets", await get.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var post = await app.Http.PostAsync(new Uri(app.Address, "/echo"), new StringContent("hello"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    /// <summary>RFC 6455 §4.1: a GET of HTTP/1.1 or higher.</summary>
    [Theory]
    [InlineData("GET /echo HTTP/1.0")]
    [InlineData("CONNECT /echo HTTP/1.1")]
    [InlineData("CONNECT /echo HTTP/1.0")]
    public async Task Another_method_or_an_older_version_is_not_upgraded(string requestLine)
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"));
        using var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"{requestLine}\r\nHost: {app.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream());
        var status = await reader.ReadLineAsync(App.Limit());

        Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", status);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version", "8", 426)]
    [InlineData("Sec-WebSocket-Version", "", 400)]
    [InlineData("Sec-WebSocket-Key", "short", 400)]
    [InlineData("Sec-WebSocket-Key", "", 400)]
    [InlineData("Sec-WebSocket-Extensions", ";;", 400)]
    [InlineData("Sec-WebSocket-Protocol", "other", 400)]
    [InlineData("Upgrade", "h2c", 426)]
    public async Task A_wrong_handshake_is_refused(string header, string value, int status)
    {
        await using var app = await App.StartAsync(static web =>
            web.MapWebSocketActor<Echo>("/echo", new WebSocketRouteOptions { Subprotocols = ["chat"] }));

        using var answer = await app.UpgradeAsync("/echo", ("Sec-WebSocket-Protocol", "chat"), (header, value));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.EndsWith(".", (await answer.Content.ReadAsStringAsync()).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_subprotocol_and_the_headers_of_a_guard_are_in_the_response()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo", new WebSocketRouteOptions
        {
            Subprotocols = ["chat"],
            Guard = static (_, _) => Task.FromResult<GuardDecision>(
                new GuardDecision.Accepted { Headers = [new("X-Guard", "was here")] }),
        }));

        using var answer = await app.UpgradeAsync("/echo", ("Sec-WebSocket-Protocol", "other, chat"));

        Assert.Equal(HttpStatusCode.SwitchingProtocols, answer.StatusCode);
        Assert.Equal("chat", answer.Headers.GetValues("Sec-WebSocket-Protocol").Single());
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.Headers.GetValues("Sec-WebSocket-Accept").Single());
        Assert.Equal("was here", answer.Headers.GetValues("X-Guard").Single());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_status_of_a_guard_reaches_the_client(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo", new WebSocketRouteOptions
            {
                Guard = static (_, _) => Task.FromResult(GuardDecision.Reject(402, "Pay first.")),
            }),
            isHttp2);

        Assert.Equal(402, await app.RefusedAsync("/echo"));
    }

    [Theory]
    [InlineData("/room/7", "id=7")]
    [InlineData("/room/x", null)]
    [InlineData("/maybe", "")]
    [InlineData("/maybe/tea", "name=tea")]
    [InlineData("/all/a/b/c", "rest=a/b/c")]
    [InlineData("/v1/greet/J%C3%B6rg", "who=Jörg")]
    [InlineData("/none", null)]
    public async Task Values_and_constraints_of_paths_are_the_apps(string path, string? values)
    {
        await using var app = await App.StartAsync(static web =>
        {
            web.MapWebSocketActor<Echo>("/room/{id:int}");
            web.MapWebSocketActor<Echo>("/maybe/{name?}");
            web.MapWebSocketActor<Echo>("/all/{**rest}");
            web.MapGroup("/v1").MapWebSocketActor<Echo>("/greet/{who}");
        });

        if (values is null)
        {
            Assert.Equal(404, await app.RefusedAsync(path));
        }
        else
        {
            using var client = await app.ConnectAsync(path);
            Assert.Equal(values, await client.AskAsync("values"));
            await client.CloseAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Past_the_limit_of_connections_a_request_is_answered_503(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo"), isHttp2, hocon: "ws-actors.connections.max = 1");
        using var client = await app.ConnectAsync("/echo");

        Assert.Equal("hello", await client.AskAsync("hello"));
        Assert.Equal(503, await app.RefusedAsync("/echo"));
        if (!isHttp2)
        {
            using var answer = await app.UpgradeAsync("/echo");
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await client.CloseAsync();
    }

    [Fact]
    public async Task During_a_drain_a_request_is_answered_503()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"));
        await app.Actors.WebSockets().Manager.Ask<Ws.Drained>(new Ws.Drain { Lead = TimeSpan.Zero });

        using var answer = await app.UpgradeAsync("/echo");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}
