using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;

namespace WsActors.Transport.Sockets;

/// <summary>Accepts sockets, and tells of each by <c>Tcp.Connected</c>. How it waits for them is its kinds': by a poller of ours, or as the runtime does.</summary>
/// <param name="listening">Where they come.</param>
/// <param name="open">Where they belong.</param>
/// <param name="handler">Who is told of them.</param>
/// <param name="listener">Their owner, who is told why none can be accepted for now.</param>
internal abstract class Acceptor(Socket listening, OpenSockets open, IActorRef handler, IActorRef listener) : IDisposable
{
    private long _accepted;

    protected Socket Listening => listening;

    protected OpenSockets Open => open;

    /// <summary>Accepts what comes from now on, until one cannot be accepted: then the owner was told, and says when to go on.</summary>
    public abstract void Accept();

    public abstract void Dispose();

    /// <summary>Takes one, or notes that there is none. Any thread.</summary>
    /// <returns>Whether to go on.</returns>
    protected bool TryTake(Socket? socket, SocketError error)
    {
        switch (error)
        {
            case SocketError.Success:
                Take(socket!);
                return true;
            // It listens no longer.
            case SocketError.OperationAborted or SocketError.Interrupted: return false;
            // A client that was gone before it was accepted.
            case SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.WouldBlock: return true;
            default:
                listener.Tell(error);
                return false;
        }
    }

    private void Take(Socket socket)
    {
        try
        {
            var connected = new Tcp.Connected(socket.RemoteEndPoint!, socket.LocalEndPoint!);
            handler.Tell(connected, SocketConnection.Of(socket, listener.Path, Interlocked.Increment(ref _accepted), open));
        }
        catch (SocketException)
        {
            // It was gone before anyone could know of it, or the system takes no more.
            socket.Dispose();
        }
    }
}
