using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsActors.TestKit;

namespace WsActors.Hosting.TestKit.Tests;

/// <summary>The routes of <c>WithWebSockets</c> on Akka.Hosting.TestKit, as production maps them, in virtual time.</summary>
public sealed class ChatAppTests : Akka.Hosting.TestKit.TestKit
{
    private const string Cookie = "Cookie: id=7";

    protected override void ConfigureServices(HostBuilderContext context, IServiceCollection services) => ChatApp.AddTo(services);

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider)
    {
        ChatApp.AddTo(builder);
        builder.AddHocon(WebSocketTestKit.Config, HoconAddMode.Prepend).AddSetup(WebSocketTestKit.CreateWebSocketSetup());
    }

    [Fact]
    public void A_handler_has_its_services_and_its_request()
    {
        var client = new WebSocketTestKit(this).Connect("/chat/tea", Cookie);

        client.ExpectText("Welcome to tea");
        client.SendText("hi");
        client.ExpectText("hi");
    }

    [Fact]
    public void The_guard_of_the_route_decides()
    {
        var client = new WebSocketTestKit(this).Dial();

        client.RequestUpgrade("/chat/tea");

        client.ExpectResponse(401);
        Assert.Equal("Log in first.", client.ReadBody().Trim());
    }

    [Theory]
    [InlineData("https://chat.example", 101)]
    [InlineData("https://evil.example", 403)]
    public void The_origins_of_the_app_are_checked(string origin, int status)
    {
        var client = new WebSocketTestKit(this).Dial();

        client.RequestUpgrade("/chat/tea", Cookie, $"Origin: {origin}");

        client.ExpectResponse(status);
    }

    [Fact]
    public void A_silent_client_is_pinged_after_25_s_and_then_reset()
    {
        var kit = new WebSocketTestKit(this);
        var client = kit.Connect("/chat/tea", Cookie);
        client.ExpectText("Welcome to tea");

        kit.Advance(TimeSpan.FromSeconds(24));
        client.ExpectNothing();
        kit.Advance(TimeSpan.FromSeconds(2));
        client.ExpectPing();
        kit.Advance(TimeSpan.FromSeconds(21));
        client.Socket.ExpectReset();
    }

    [Fact]
    public void Actors_of_WithActors_serve_shared_routes()
    {
        var kit = new WebSocketTestKit(this);

        kit.Connect("/lobby").ExpectText("Visitor 1");
        kit.Connect("/lobby").ExpectText("Visitor 2");
    }

    [Fact]
    public void Plain_HTTP_is_answered()
    {
        var browser = new WebSocketTestKit(this).Dial();

        browser.SendRequest("GET / HTTP/1.1", "Host: chat.example");

        browser.ExpectResponse(200);
        Assert.Equal("the page", browser.ReadBody());
    }

    [Fact]
    public void The_bound_port_is_a_property_and_nothing_listens_at_it()
    {
        var bound = Assert.Single(Sys.WebSockets().BoundEndpoints);

        Assert.Equal(("ws://*:80", 80), (bound.Endpoint, bound.Port));
        Assert.DoesNotContain(
            System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(),
            static listener => listener.Port == 80);
    }
}
