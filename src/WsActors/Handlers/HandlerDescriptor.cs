using Akka.Actor;

namespace WsActors.Handlers;

/// <summary>The handler of a WebSocket, and the form in which it gets messages.</summary>
/// <param name="Handler">The actor.</param>
/// <param name="IsOwned">Whether it is a child of the connection.</param>
/// <param name="Route">The route's template, for metrics and operators.</param>
internal readonly record struct HandlerDescriptor(IActorRef Handler, bool IsOwned, string Route)
{
    /// <summary>Whether it may stop by itself to end the WebSocket normally.</summary>
    public bool MayStop { get; init; } = IsOwned;

    /// <summary>Whether it gets no more messages than it demanded.</summary>
    public bool IsPulled { get; init; }

    /// <summary>Whether it is a <see cref="WebSocketHandler"/> of its own connection: it ends the spans of its messages itself.</summary>
    public bool EndsSpans { get; init; }

    /// <summary>
    /// Whether it is the link of a session. A session bounds what it sends by a window, beyond which one larger message may be sent alone,
    /// and what it receives by demand.
    /// </summary>
    public bool IsSession { get; init; }

    /// <summary>The size of a chunk; null for whole messages.</summary>
    public int? MaxChunkBytes { get; init; }
}
