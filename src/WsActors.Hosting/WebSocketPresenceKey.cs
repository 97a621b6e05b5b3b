using System.Diagnostics.CodeAnalysis;

namespace WsActors.Hosting;

/// <summary>
/// The key of the presence actor in the <c>ActorRegistry</c>. The actor <c>registry.Get&lt;WebSocketPresenceKey&gt;()</c> handles
/// <see cref="Presence.ListMembers"/>, <see cref="Presence.Watch"/> and <see cref="Presence.Unwatch"/>.
/// </summary>
[SuppressMessage("Design", "CA1052:Static holder types should be static", Justification = "It is a type argument.")]
public sealed class WebSocketPresenceKey
{
    private WebSocketPresenceKey()
    {
    }
}
