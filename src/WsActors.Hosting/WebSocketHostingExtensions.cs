using Akka.Hosting;

namespace WsActors.Hosting;

/// <summary>WebSockets in a hosted actor system.</summary>
public static class WebSocketHostingExtensions
{
    /// <summary>
    /// Adds WebSocket endpoints to the host. They are bound after all actors of <c>WithActors</c> have started, in any order of the calls.
    /// If an endpoint cannot be bound, or there is none, the host's start fails with one sentence. The host's stop drains: readiness fails,
    /// upgrades are accepted for a short time, connections are closed one by one with 1012, and the endpoints are unbound last. In
    /// Development all connections are closed at once, with 1001.
    /// <para>
    /// Registers the manager as <see cref="WebSocketManagerKey"/> and the presence actor as <see cref="WebSocketPresenceKey"/> in the
    /// <c>ActorRegistry</c>, and two health checks for hosts that call <c>AddHealthChecks</c>: <c>websockets.live</c>, tagged <c>live</c>,
    /// and <c>websockets.ready</c>, tagged <c>ready</c>.
    /// </para>
    /// </summary>
    /// <param name="akka">The builder of the actor system.</param>
    /// <param name="configure">
    /// Configures endpoints, routes and options. May be left out in an ASP.NET Core app that maps its routes with <c>MapWebSocketActor</c>.
    /// </param>
    /// <exception cref="Akka.Configuration.ConfigurationException">A setting is unknown.</exception>
    public static AkkaConfigurationBuilder WithWebSockets(
        this AkkaConfigurationBuilder akka, Action<WebSocketsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(akka);
        var sockets = new WebSocketsBuilder();
        configure?.Invoke(sockets);
        sockets.AddTo(akka);
        return akka.WithWebSocketHealthChecks();
    }
}
