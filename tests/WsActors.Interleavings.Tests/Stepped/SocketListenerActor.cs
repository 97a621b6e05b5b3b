using System.Net.Sockets;

namespace WsActors.Transport.Sockets;

/// <summary>The listener as its acceptor sees it.</summary>
internal static class SocketListenerActor
{
    internal sealed record AcceptFailed(SocketError Error);
}
