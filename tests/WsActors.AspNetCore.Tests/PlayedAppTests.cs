using System.Net;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using WsActors.AspNetCore.TestKit;
using WsActors.TestKit;

namespace WsActors.AspNetCore.Tests;

/// <summary>The routes of <c>MapWebSocketActor</c> as production maps them: the app's whole pipeline, in virtual time.</summary>
public sealed class PlayedAppTests : IAsyncLifetime
{
    private WebApplication _app = null!; // Set before each test.

    private WebSocketTestKit _kit = null!;

    public async Task InitializeAsync()
    {
        var builder = Shop.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddWebSocketTestKit();
        _app = Shop.Build(builder);
        await _app.StartAsync(App.Limit());
        _kit = _app.Services.CreateWebSocketTestKit();
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync(App.Limit());
        await _app.DisposeAsync();
    }

    [Fact]
    public void A_handler_has_its_services_and_its_request()
    {
        var client = _kit.Connect("/shop/tea");

        client.ExpectText("tea for a stranger from 127.0.0.1");
        client.SendText("cup");
        client.ExpectText("3 €");
        client.ExpectNothing();
    }

    [Theory]
    [InlineData("/orders", 401, "")]
    [InlineData("/shop/7", 404, "")]
    [InlineData("/nowhere", 404, "")]
    [InlineData("/shop/tea", 403, "", "Origin: https://evil.example")]
    [InlineData("/shop/tea", 400, "Sec-WebSocket-Version", "Sec-WebSocket-Version: 8")]
    public void The_app_and_the_route_refuse(string target, int status, string sentence, params string[] headers)
    {
        var client = _kit.Dial();

        client.RequestUpgrade(target, headers);

        client.ExpectResponse(status);
        Assert.Contains(sentence, client.ReadBody(), StringComparison.Ordinal);
        client.Socket.ExpectClosed();
    }

    [Fact]
    public void A_plain_request_is_answered_426()
    {
        var client = _kit.Dial();

        client.SendRequest("GET /shop/tea HTTP/1.1", "Host: localhost");

        Assert.Equal("websocket", client.ExpectResponse(426).Headers["Upgrade"]);
    }

    [Fact]
    public void An_origin_of_the_CORS_policy_is_accepted() =>
        _kit.Connect("/shop/tea", "Origin: https://friend.example").ExpectText("tea for a stranger from 127.0.0.1");

    [Fact]
    public async Task A_cookie_of_the_app_logs_in()
    {
        _kit.Connect("/orders", await LogInAsync("ann")).ExpectText(" for ann from 127.0.0.1");

        var eve = _kit.Dial();
        eve.RequestUpgrade("/orders", await LogInAsync("eve"));
        eve.ExpectResponse(403);
        Assert.Equal("Not you.", eve.ReadBody().Trim());
    }

    [Fact]
    public async Task An_authentication_expires_in_virtual_time()
    {
        var cookie = await LogInAsync("ann");
        _kit.Advance(TimeSpan.FromMinutes(4));
        var client = _kit.Connect("/orders", cookie);
        client.ExpectText(" for ann from 127.0.0.1");

        for (var minute = 0; minute < 6; minute++)
        {
            client.ExpectNothing();
            Pass(client, TimeSpan.FromMinutes(1));
        }

        client.ExpectClose(4401);
        _kit.Advance(TimeSpan.FromSeconds(1));
        var late = _kit.Dial();
        late.RequestUpgrade("/orders", cookie);
        late.ExpectResponse(401);
    }

    [Fact]
    public void A_silent_client_is_pinged_after_25_s_and_then_reset()
    {
        var client = _kit.Connect("/shop/tea");
        client.ExpectText("tea for a stranger from 127.0.0.1");

        _kit.Advance(TimeSpan.FromSeconds(24));
        client.ExpectNothing();
        _kit.Advance(TimeSpan.FromSeconds(2));
        client.ExpectPing();
        client.ExpectNothing();
        _kit.Advance(TimeSpan.FromSeconds(21));
        client.Socket.ExpectReset();
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void Time_may_pass_as_soon_as_the_client_has_the_response()
    {
        var client = _kit.Connect("/shop/tea");

        _kit.Advance(TimeSpan.FromSeconds(25));

        client.ExpectText("tea for a stranger from 127.0.0.1");
        client.ExpectPing();
    }

    [Fact]
    public void A_client_that_does_not_read_is_reset()
    {
        var client = _kit.Connect("/shop/tea");
        client.ExpectText("tea for a stranger from 127.0.0.1");
        client.Socket.StopReading();
        client.SendText("cup");
        client.ExpectNothing();

        _kit.Advance(TimeSpan.FromMinutes(1));

        client.Socket.ExpectReset();
    }

    [Fact]
    public void A_client_that_reads_late_gets_everything_in_order()
    {
        var client = _kit.Connect("/shop/tea");
        client.ExpectText("tea for a stranger from 127.0.0.1");
        client.Socket.StopReading();
        client.SendText("cup");
        client.SendText("kettle");
        client.ExpectNothing();

        client.Socket.ResumeReading();

        client.ExpectText("3 €");
        client.ExpectText("6 €");
    }

    [Fact]
    public void Frames_may_be_cut_anywhere_and_come_with_the_request()
    {
        var client = _kit.Dial();
        var frame = ClientProbe.Frame(Protocol.Frames.Opcode.Text, "cup"u8.ToArray());
        client.RequestUpgrade("/shop/tea");
        client.Send([.. frame.Select(static one => (byte[])[one])]);

        client.ExpectUpgrade();
        client.ExpectText("tea for a stranger from 127.0.0.1");
        client.ExpectText("3 €");
    }

    [Fact]
    public void A_close_is_answered_and_the_socket_closed()
    {
        var client = _kit.Connect("/shop/tea");
        client.ExpectText("tea for a stranger from 127.0.0.1");

        client.SendClose(1000, "bye");

        client.ExpectClose(1000);
        client.ExpectEnd();
        client.Socket.ExpectClosed();
    }

    [Fact]
    public void A_half_close_and_a_reset_end_the_connection()
    {
        var (leaving, gone) = (_kit.Connect("/shop/tea"), _kit.Connect("/shop/tea"));

        leaving.Socket.HalfClose();
        gone.Socket.Reset();

        leaving.Socket.ExpectStopped();
        gone.Socket.ExpectStopped();
        leaving.Socket.ExpectClosed();
    }

    [Fact]
    public async Task The_connection_is_an_actor_as_ever()
    {
        var client = _kit.Connect("/shop/tea");
        client.ExpectText("tea for a stranger from 127.0.0.1");

        var stats = await client.Connection.Ask<Ws.Stats>(Ws.GetStats.Instance, App.Limit());
        client.Connection.Tell(Ws.Send.Text("news"));

        Assert.Equal("/shop/{shelf:alpha}", stats.Route);
        client.ExpectText("news");
    }

    [Fact]
    public void A_fault_of_the_app_is_in_the_response()
    {
        var client = _kit.Dial();

        client.RequestUpgrade("/broken");

        client.ExpectResponse(500);
        Assert.Contains("the app is broken", client.ReadBody(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_WebSocket_of_ASP_NET_Core_itself_is_played_too()
    {
        var client = _kit.Connect("/theirs?greeting=hi");

        client.ExpectText("hi");
        client.SendClose();
        client.ExpectClose(1000);
        client.Socket.ExpectClosed();
    }

    [Fact]
    public void An_endpoint_of_Listen_is_played_too()
    {
        var kit = new WebSocketTestKit(_app.Services.GetRequiredService<ActorSystem>());

        kit.Connect("/own").ExpectText(" for a stranger from 127.0.0.1");
    }

    [Fact]
    public void Without_an_actor_system_the_error_names_AddAkka()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddWebSocketTestKit());

        Assert.Contains("AddAkka", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_another_server_the_error_names_the_in_memory_one()
    {
        await using var app = Shop.Build(Shop.CreateBuilder());

        var failure = Assert.Throws<InvalidOperationException>(app.Services.CreateWebSocketTestKit);

        Assert.Contains("UseTestServer()", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Time passes for a client that answers pings.</summary>
    private void Pass(ClientProbe client, TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(20))
        {
            client.SendFrame(Protocol.Frames.Opcode.Pong, []);
            _kit.Advance(TimeSpan.FromSeconds(20));
        }
    }

    /// <summary>The header of the cookie that the app gives.</summary>
    private async Task<string> LogInAsync(string name)
    {
        using var http = _app.GetTestClient();
        using var answer = await http.PostAsync(new Uri($"/login/{name}", UriKind.Relative), content: null, App.Limit());
        return $"Cookie: {answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]}";
    }
}
