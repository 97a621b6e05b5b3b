using Akka.Actor;

namespace WsActors;

/// <summary>Creates the extension.</summary>
public sealed class WebSocketExtensionProvider : ExtensionIdProvider<WebSocketExtension>
{
    /// <summary>The one instance.</summary>
    public static WebSocketExtensionProvider Instance { get; } = new();

    /// <inheritdoc/>
    public override WebSocketExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
