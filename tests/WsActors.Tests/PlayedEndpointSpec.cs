using System.Net;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The kit connects to endpoints that the system has bound, as production does. No port is bound.</summary>
public sealed class PlayedEndpointSpec : WebSocketSpec
{
    [Theory]
    [InlineData("ws://*:8080", "127.0.0.1:8080")]
    [InlineData("ws://0.0.0.0:80", "127.0.0.1:80")]
    [InlineData("ws://127.0.0.1:0", "127.0.0.1:49152")]
    [InlineData("ws://localhost:9000", "127.0.0.1:9000")]
    [InlineData("ws://[::1]:9000", "[::1]:9000")]
    [InlineData("ws://192.0.2.7:443", "192.0.2.7:443")] // not an address of this machine
    public void The_only_endpoint_is_connected_to(string endpoint, string host)
    {
        Bind(endpoint);

        new WebSocketTestKit(this).Connect("/chat/tea", $"Origin: http://{host}");

        Assert.Equal(host, Handler.ExpectOpened().Request.Http.Host);
    }

    [Fact]
    public void Of_several_endpoints_the_named_one_is_connected_to()
    {
        Bind("ws://*:8080");
        Bind("ws://*:8081", "/admin/{room}");

        new WebSocketTestKit(this, "ws://*:8081").Connect("/admin/tea");

        Assert.Equal("/admin/{room}", Handler.ExpectOpened().Request.Route);
    }

    [Fact]
    public void Several_endpoints_without_a_name_are_an_error_that_lists_them()
    {
        Bind("ws://*:8080");
        Bind("ws://*:8081");

        var failure = Assert.Throws<InvalidOperationException>(() => new WebSocketTestKit(this).Connect());

        Assert.Equal(
            "The system has bound ws://*:8080 and ws://*:8081: name the one to connect to, new WebSocketTestKit(this, \"ws://*:8080\").",
            failure.Message);
    }

    [Fact]
    public void No_endpoint_is_an_error_that_says_so()
    {
        var none = Assert.Throws<InvalidOperationException>(() => new WebSocketTestKit(this).Connect());
        Bind("ws://*:8080");
        var other = Assert.Throws<InvalidOperationException>(() => new WebSocketTestKit(this, "ws://*:8081").Connect());

        Assert.Equal("The system has not bound an endpoint, but none: start the host first, or give the kit routes.", none.Message);
        Assert.StartsWith("The system has not bound ws://*:8081, but ws://*:8080:", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_passes_for_its_connections()
    {
        Bind("ws://*:8080");
        var kit = new WebSocketTestKit(this);
        var client = kit.Connect("/chat/tea");

        kit.Advance(TimeSpan.FromSeconds(26));

        client.ExpectPing();
    }

    [Fact]
    public void An_endpoint_that_was_unbound_resets_new_sockets()
    {
        var bound = Bind("ws://*:8080");
        var kit = new WebSocketTestKit(this);
        kit.Connect("/chat/tea").SendClose();
        Sys.WebSockets().Manager.Tell(new Ws.Unbind(bound.LocalEndPoint), TestActor);
        kit.Advance(TimeSpan.FromSeconds(10));
        ExpectMsg<Ws.Unbound>();

        kit.Dial().Socket.ExpectReset();
    }

    [Fact]
    public async Task A_system_of_a_host_needs_no_test_kit_of_Akka()
    {
        var setup = ActorSystemSetupOf("akka.stdout-loglevel = OFF");
        var system = ActorSystem.Create("host", setup);
        try
        {
            await system.WebSockets().BindAsync("ws://*:8080", RouteTable.Empty.Map("/", Props.Create<Echo>()));
            var kit = new WebSocketTestKit(system);
            var client = kit.Connect();

            client.SendText("hi");
            client.ExpectText("hi");
            kit.Advance(TimeSpan.FromSeconds(26));
            client.ExpectPing();
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static Akka.Actor.Setup.ActorSystemSetup ActorSystemSetupOf(string hocon) => Akka.Actor.Setup.ActorSystemSetup.Create(
        BootstrapSetup.Create().WithConfig(WebSocketTestKit.Config.WithFallback(ConfigurationFactory.ParseString(hocon))),
        WebSocketTestKit.CreateWebSocketSetup());

    private Ws.Bound Bind(string endpoint, string template = "/chat/{room}")
    {
        Sys.WebSockets().Manager.Tell(new Ws.Bind(endpoint, RouteTable.Empty.MapShared(template, Handler.Ref)), TestActor);
        return ExpectMsg<Ws.Bound>();
    }
}
