using Akka.Actor;

namespace WsActors.Handlers;

/// <summary>The handler of a WebSocket, and how it is told messages.</summary>
/// <param name="Handler">The actor.</param>
/// <param name="IsOwned">Whether it is a child of the connection.</param>
/// <param name="Route">The route's template: what metrics and operators know it by.</param>
internal readonly record struct HandlerDescriptor(IActorRef Handler, bool IsOwned, string Route)
{
    /// <summary>Whether it has done its work when it stops by itself, as any that is made for its connection.</summary>
    public bool MayStop { get; init; } = IsOwned;

    /// <summary>Whether it is told no more messages than it asked for.</summary>
    public bool IsPulled { get; init; }

    /// <summary>
    /// Whether it is the link of a session, which bounds what it sends: by a window, beyond which one larger message goes alone, and by
    /// reading.
    /// </summary>
    public bool IsSession { get; init; }

    /// <summary>Null when it is told whole messages; otherwise the size of a chunk.</summary>
    public int? MaxChunkBytes { get; init; }
}
