using System.Diagnostics.CodeAnalysis;

namespace WsActors.Hosting;

/// <summary>
/// The key of the manager in the <c>ActorRegistry</c>. The actor <c>registry.Get&lt;WebSocketManagerKey&gt;()</c> handles
/// <see cref="Ws.GetHealth"/>, <see cref="Ws.Bind"/>, <see cref="Ws.Unbind"/>,
/// <see cref="Ws.GetStats"/>, <see cref="Ws.ListConnections"/>, <see cref="Ws.Kick"/> and <see cref="Ws.Drain"/>; and for all nodes
/// <see cref="Ws.GetClusterStats"/>, <see cref="Ws.ListClusterConnections"/>, <see cref="Ws.KickInCluster"/> and
/// <see cref="Ws.SendToUser"/>.
/// </summary>
[SuppressMessage("Design", "CA1052:Static holder types should be static", Justification = "It is a type argument.")]
public sealed class WebSocketManagerKey
{
    private WebSocketManagerKey()
    {
    }
}
