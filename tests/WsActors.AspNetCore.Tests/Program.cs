using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Hosting;

namespace WsActors.AspNetCore.Tests;

/// <summary>
/// An app as a process, which <see cref="AppProcess"/> starts: WebSockets, a request that an actor answers, and health checks. The test
/// runner does not use this entry point.
/// </summary>
internal static class Program
{
    /// <summary>The setting with HOCON for the actor system.</summary>
    public const string Hocon = "hocon";

    /// <summary>The setting with the versions of HTTP, without TLS.</summary>
    public const string Protocols = "protocols";

    public static async Task Main(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null; // a test sends a body later
            kestrel.Listen(
                IPAddress.Loopback, port: 0, listen => listen.Protocols = builder.Configuration.GetValue(Protocols, HttpProtocols.Http1));
        });
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("app", akka => akka
            .AddHocon(builder.Configuration[Hocon] ?? "", HoconAddMode.Prepend)
            .WithWebSockets()
            .WithActors(static (system, registry) => registry.Register<Bids>(system.ActorOf<Bids>())));
        var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapWebSocketActor<Echo>("/echo");
        app.MapPost("/bids", static async (HttpRequest request, IRequiredActor<Bids> bids) =>
        {
            using var body = new StreamReader(request.Body);
            var bid = await body.ReadToEndAsync();
            return await bids.ActorRef.Ask<string>(bid, TimeSpan.FromSeconds(10));
        });
        await app.RunAsync();
    }

    private sealed class Bids : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell($"taken: {message}");
    }
}
