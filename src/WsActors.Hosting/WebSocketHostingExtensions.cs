using Akka.Hosting;

namespace WsActors.Hosting;

/// <summary>WebSockets in a hosted actor system.</summary>
public static class WebSocketHostingExtensions
{
    /// <summary>
    /// Listens once every actor of <c>WithActors</c> is there, whatever the order of the calls; the host's start fails with one sentence
    /// when an endpoint cannot be bound. The host's stop drains: readiness fails, upgrades are taken a
    /// little longer, connections are closed with 1012, one by one, and the endpoints unbind last.
    /// <para>
    /// Registers the manager as <see cref="WebSocketManagerKey"/> in the <c>ActorRegistry</c>, who tells of presence as
    /// <see cref="WebSocketPresenceKey"/>, and two health checks for hosts that call <c>AddHealthChecks</c>: <c>websockets.live</c>, tagged
    /// <c>live</c>, and <c>websockets.ready</c>, tagged <c>ready</c>.
    /// </para>
    /// </summary>
    /// <param name="akka">The actor system in the making.</param>
    /// <param name="configure">Says where to listen, what to serve there, and with which options.</param>
    /// <exception cref="Akka.Configuration.ConfigurationException">A setting is unknown, or no endpoint is named.</exception>
    public static AkkaConfigurationBuilder WithWebSockets(this AkkaConfigurationBuilder akka, Action<WebSocketsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(akka);
        ArgumentNullException.ThrowIfNull(configure);
        var sockets = new WebSocketsBuilder();
        configure(sockets);
        sockets.AddTo(akka);
        return akka.WithWebSocketHealthChecks();
    }
}
