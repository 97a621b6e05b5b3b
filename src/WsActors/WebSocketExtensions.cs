using Akka.Actor;
using Akka.Configuration;

namespace WsActors;

/// <summary>Access to the extension.</summary>
public static class WebSocketExtensions
{
    /// <summary>WebSockets of this system; the first call starts their manager.</summary>
    /// <exception cref="ConfigurationException">
    /// A setting under <c>ws-actors</c> is unknown or out of range; the sentence names it.
    /// </exception>
    public static WebSocketExtension WebSockets(this ActorSystem system) => WebSocketExtensionProvider.Instance.Apply(system);
}
