using Akka.Actor;
using NUnit.Framework;
using WsActors;
using WsActors.Routing;
using WsActors.TestKit;

public sealed class GreetingTests
{
    [Test]
    public async Task It_repeats_what_you_say_and_pings_a_silent_client()
    {
        using var system = ActorSystem.Create("test", WebSocketTestKit.Setup);      // virtual time, no port
        var routes = RouteTable.Empty.Map("/chat/{room}", Props.Create<GreetingHandler>());
        await system.WebSockets().BindAsync("ws://127.0.0.1:8080", routes);
        var kit = new WebSocketTestKit(system);

        var client = kit.Connect("/chat/tea");
        client.ExpectText("Welcome to tea");
        client.SendText("hi");
        client.ExpectText("You said: hi");
        kit.Advance(TimeSpan.FromSeconds(26));                                      // at once
        client.ExpectPing();
    }
}
