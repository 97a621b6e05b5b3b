using System.Net.WebSockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Protocol.Handshake;

namespace WsActors.Hosting.Tests;

public sealed class WithWebSocketsTests
{
    private const string FreePort = "ws://127.0.0.1:0";

    [Fact]
    public async Task A_handler_created_from_Props_answers()
    {
        await using var host = await TestHost.StartAsync(akka => akka.WithWebSockets(ws => ws
            .Listen(FreePort)
            .Map("/echo", _ => Props.Create<EchoHandler>())));

        Assert.Equal("hello", await host.AskAsync("/echo", "hello"));
    }

    [Fact]
    public async Task A_handler_is_injected_services()
    {
        await using var host = await TestHost.StartAsync(
            akka => akka.WithWebSockets(ws => ws.Listen(FreePort).Map<GreetingHandler>("/greet")),
            services => services.AddSingleton(new Greeting("Hello")));

        Assert.Equal("Hello, Ada", await host.AskAsync("/greet", "Ada"));
        Assert.Equal("Hello, Bob", await host.AskAsync("/greet", "Bob"));
    }

    [Fact]
    public async Task A_handler_with_a_request_parameter_is_injected_its_own_request()
    {
        await using var host = await TestHost.StartAsync(
            akka => akka.WithWebSockets(ws => ws.Listen(FreePort).Map<RoomHandler>("/rooms/{room}")),
            services => services.AddSingleton(new Greeting("Hello")));

        Assert.Equal("Hello, Ada in red", await host.AskAsync("/rooms/red", "Ada"));
        Assert.Equal("Hello, Bob in blue", await host.AskAsync("/rooms/blue", "Bob"));
    }

    [Fact]
    public async Task A_WebSocketHandler_is_injected_services_and_told_Opened_after_a_restart()
    {
        await using var host = await TestHost.StartAsync(
            akka => akka.WithWebSockets(ws => ws.Listen(FreePort).Map<PolledHandler>("/poll")),
            services => services.AddSingleton(new Greeting("Hello")));
        using var client = await host.ConnectAsync("/poll");

        Assert.Equal("Hello, Ada, first, 0 more", await TestHost.AskAsync(client, "Ada"));
        await client.SendAsync("fail"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        Assert.Equal("Hello, Bob, again, 0 more", await TestHost.AskAsync(client, "Bob"));
    }

    [Fact]
    public async Task A_shared_handler_created_after_WithWebSockets_serves_all_connections()
    {
        await using var host = await TestHost.StartAsync(akka => akka
            .WithWebSockets(ws => ws.Listen(FreePort).MapShared<CountingHandler>("/count"))
            .WithActors((system, registry) => registry.Register<CountingHandler>(system.ActorOf<CountingHandler>())));

        Assert.Equal("1", await host.AskAsync("/count", "one"));
        Assert.Equal("2", await host.AskAsync("/count", "two"));
    }

    [Fact]
    public async Task Routes_can_use_the_actor_system()
    {
        await using var host = await TestHost.StartAsync(akka => akka
            .WithWebSockets(ws => ws
                .Listen(FreePort)
                .Routes((routes, system) => routes.MapShared("/count", system.ActorOf<CountingHandler>()))));

        Assert.Equal("1", await host.AskAsync("/count", "one"));
    }

    [Fact]
    public async Task Plain_HTTP_is_answered_on_the_same_port()
    {
        await using var host = await TestHost.StartAsync(akka => akka.WithWebSockets(ws => ws
            .Listen(FreePort)
            .Get("/", PlainResponse.Text(200, "a page"))
            .Get("/path", (request, _) => Task.FromResult(PlainResponse.Text(200, request.Path)))));

        using var http = new HttpClient();
        var origin = $"http://{host.EndPoints[0]}";
        Assert.Equal("a page", await http.GetStringAsync(new Uri($"{origin}/")));
        Assert.Equal("/path", await http.GetStringAsync(new Uri($"{origin}/path")));
    }

    [Fact]
    public async Task Every_endpoint_of_one_call_serves_the_same_routes()
    {
        await using var host = await TestHost.StartAsync(akka => akka.WithWebSockets(ws => ws
            .Listen(FreePort)
            .Listen(FreePort)
            .Map<EchoHandler>("/echo")));

        Assert.Equal("one", await host.AskAsync("/echo", "one", endpoint: 0));
        Assert.Equal("two", await host.AskAsync("/echo", "two", endpoint: 1));
    }

    [Fact]
    public async Task A_second_call_serves_other_routes_elsewhere()
    {
        await using var host = await TestHost.StartAsync(akka => akka
            .WithWebSockets(ws => ws.Listen(FreePort).Map<EchoHandler>("/echo"))
            .WithWebSockets(ws => ws.Listen(FreePort).Get("/admin", PlainResponse.Text(200, "secret"))));

        using var http = new HttpClient();
        var endPoints = host.EndPoints;
        Assert.Equal(2, endPoints.Length);
        Assert.Equal("public", await host.AskAsync("/echo", "public", endpoint: 0));
        Assert.Equal(404, (int)(await http.GetAsync(new Uri($"http://{endPoints[0]}/admin"))).StatusCode);
        Assert.Equal("secret", await http.GetStringAsync(new Uri($"http://{endPoints[1]}/admin")));
    }

    [Fact]
    public async Task The_manager_is_registered_before_the_actors_of_later_calls_are_created()
    {
        IActorRef? seen = null;
        await using var host = await TestHost.StartAsync(akka => akka
            .WithWebSockets(ws => ws.Listen(FreePort).Map<EchoHandler>("/echo"))
            .WithActors((_, registry) => seen = registry.Get<WebSocketManagerKey>()));

        Assert.Equal(host.System.WebSockets().Manager, seen);
    }

    [Fact]
    public async Task Stopping_the_host_closes_connections_with_1012_and_waits_for_it()
    {
        await using var host = await TestHost.StartAsync(akka => akka.WithWebSockets(ws => ws.Listen(FreePort).Map<EchoHandler>("/echo")));
        using var client = await host.ConnectAsync("/echo");
        Assert.Equal("open", await TestHost.AskAsync(client, "open"));

        var stop = host.StopAsync();
        var received = await client.ReceiveAsync(new byte[16], CancellationToken.None);
        await client.CloseOutputAsync(received.CloseStatus!.Value, "", CancellationToken.None);
        await stop;

        Assert.Equal(1012, (int)received.CloseStatus.Value);
        Assert.True(host.System.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task In_Development_stopping_the_host_closes_connections_at_once_with_1001()
    {
        await using var host = await TestHost.StartAsync(
            akka => akka
                .AddHocon("ws-actors.drain { lead = 1h, spread = 1h, deadline = 3h }", HoconAddMode.Prepend)
                .AddHocon("akka.coordinated-shutdown.phases.before-service-unbind.timeout = 4h", HoconAddMode.Prepend)
                .WithWebSockets(ws => ws.Listen(FreePort).Map<EchoHandler>("/echo")),
            isDevelopment: true);
        using var client = await host.ConnectAsync("/echo");
        Assert.Equal("open", await TestHost.AskAsync(client, "open"));

        var stop = host.StopAsync();
        var received = await client.ReceiveAsync(new byte[16], CancellationToken.None);
        await client.CloseOutputAsync(received.CloseStatus!.Value, "", CancellationToken.None);
        await stop;

        Assert.Equal(1001, (int)received.CloseStatus.Value);
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("akka.coordinated-shutdown.phases.before-service-unbind.timeout = 1m", 60)]
    public async Task The_shutdown_phase_has_time_for_a_drain_unless_configured_otherwise(string hocon, int seconds)
    {
        await using var host = await TestHost.StartAsync(akka => akka
            .AddHocon(hocon, HoconAddMode.Prepend)
            .WithWebSockets(ws => ws.Listen(FreePort).Map<EchoHandler>("/echo")));

        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            CoordinatedShutdown.Get(host.System).Timeout(CoordinatedShutdown.PhaseBeforeServiceUnbind));
    }

    [Theory]
    [InlineData("chat", "is not a path")]
    [InlineData("/chat?x", "is not a path")]
    [InlineData("/chat/{a}/{a}", "two of one name")]
    [InlineData("/echo", "is served already")]
    public void An_invalid_template_throws_where_it_is_mapped(string template, string sentence)
    {
        ArgumentException? error = null;
        var host = TestHost.Build(akka => akka.WithWebSockets(ws =>
        {
            ws.Listen(FreePort).Map<EchoHandler>("/echo");
            error = Assert.ThrowsAny<ArgumentException>(() => ws.MapShared<EchoHandler>(template));
        }));

        Assert.NotNull(host.Services.GetRequiredService<AkkaConfigurationBuilder>());
        Assert.Contains(sentence, error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_an_endpoint_does_not_start()
    {
        await using var host = TestHost.Build(akka => akka.WithWebSockets(ws => ws.Map<EchoHandler>("/echo")));

        var error = await Assert.ThrowsAsync<ConfigurationException>(host.StartAsync);
        Assert.StartsWith(
            "WithWebSockets has no endpoint: call Listen, such as Listen(\"ws://127.0.0.1:8080\"), or in an ASP.NET Core app",
            error.Message,
            StringComparison.Ordinal);
    }
}
