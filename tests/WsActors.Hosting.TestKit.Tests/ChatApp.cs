using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Hosting.TestKit.Tests;

/// <summary>An app as it runs in production. Its tests copy nothing of it.</summary>
internal static class ChatApp
{
    public static void AddTo(IServiceCollection services) => services.AddScoped(static _ => new Greeting("Welcome to"));

    public static void AddTo(AkkaConfigurationBuilder akka) => akka
        .AddHocon("ws-actors.origin.allowed = [\"https://chat.example\"]", HoconAddMode.Prepend)
        .WithWebSockets(ws => ws
            .Listen("ws://*:80")
            .Map<ChatHandler>("/chat/{room}", new WebSocketRouteOptions { Guard = GuardAsync })
            .MapShared<Lobby>("/lobby")
            .Get("/", PlainResponse.Text(200, "the page")))
        .WithActors(static (system, registry) => registry.Register<Lobby>(system.ActorOf<Lobby>()));

    private static Task<GuardDecision> GuardAsync(UpgradeRequest request, CancellationToken cancellation) =>
        Task.FromResult(request.Http.Cookie("id") is null ? GuardDecision.Reject(401, "Log in first.") : GuardDecision.Accept());
}

/// <summary>A service of the app.</summary>
internal sealed record Greeting(string Words);

/// <summary>A handler with a service and its request.</summary>
internal sealed class ChatHandler : ReceiveActor
{
    public ChatHandler(UpgradeRequest request, Greeting greeting)
    {
        Receive<Ws.Opened>(_ => Sender.Tell(Ws.Send.Text($"{greeting.Words} {request.RouteValues["room"]}")));
        Receive<Ws.Received>(message => Sender.Tell(Ws.Send.FromReceived(message)));
    }
}

/// <summary>One handler for all connections.</summary>
internal sealed class Lobby : ReceiveActor
{
    private int _visitors;

    public Lobby() => Receive<Ws.Opened>(_ => Sender.Tell(Ws.Send.Text($"Visitor {++_visitors}")));
}
