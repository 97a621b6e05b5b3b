using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsActors.TestKit;

namespace WsActors.AspNetCore.TestKit;

/// <summary>The kit of an app on ASP.NET Core's in-memory server.</summary>
public static class WebSocketTestKitExtensions
{
    /// <summary>
    /// Makes the time of the app virtual from now on, for its actor system and as its <see cref="TimeProvider"/>. Endpoints of
    /// <c>Listen</c> bind no port. The app's own <see cref="WebSocketSetup"/>, if it has one, is replaced. Called behind the app's
    /// <c>AddAkka</c>: before <c>Build</c>, or in <c>ConfigureTestServices</c> of a <c>WebApplicationFactory</c>.
    /// </summary>
    /// <param name="services">The services of the app.</param>
    /// <exception cref="InvalidOperationException">The app has no actor system.</exception>
    public static IServiceCollection AddWebSocketTestKit(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var akka = services.LastOrDefault(static service => service.ServiceType == typeof(AkkaConfigurationBuilder));
        if (akka is not { ImplementationFactory: { } configure })
        {
            throw new InvalidOperationException("The app has no actor system yet: call AddWebSocketTestKit() behind AddAkka(…).");
        }

        // Tokens and persistent cookies are judged by real time, too.
        var setup = WebSocketTestKit.CreateWebSocketSetup(DateTimeOffset.UtcNow);
        services.Remove(akka);
        return services
            .AddSingleton(provider => ((AkkaConfigurationBuilder)configure(provider))
                .AddHocon(WebSocketTestKit.Config, HoconAddMode.Prepend)
                .AddSetup(setup))
            .AddSingleton(setup.Time);
    }

    /// <summary>
    /// Creates a kit whose clients connect to the WebSockets that the app maps. Each request runs through the app's whole pipeline, as over
    /// HTTP/1.1. The stop of the app calls <see cref="WebSocketTestKit.Finish"/>.
    /// </summary>
    /// <param name="services">The services of the app, which has started: <c>app.Services</c>, <c>factory.Services</c>.</param>
    /// <exception cref="InvalidOperationException">The app has no actor system, or another server.</exception>
    public static WebSocketTestKit CreateWebSocketTestKit(this IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var server = services.GetService<IServer>() as TestServer
            ?? throw new InvalidOperationException("The app does not run on the in-memory server: call builder.WebHost.UseTestServer().");
        var system = (ExtendedActorSystem)(services.GetService<ActorSystem>()
            ?? throw new InvalidOperationException("The app has no actor system: call builder.Services.AddAkka(…)."));
        var kit = new WebSocketTestKit(
            system,
            (client, socket) => system.SystemActorOf(Props.Create<PlayedRequestActor>(server, client, socket)));
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(kit.Finish);
        return kit;
    }
}
