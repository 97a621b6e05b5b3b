using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;

namespace WsActors.Transport.Sockets;

/// <summary>Accepts sockets, and tells of each by <c>Tcp.Connected</c>. It waits for them by a poller of ours, or by the runtime.</summary>
/// <param name="listening">The socket that listens.</param>
/// <param name="sockets">The list that accepted sockets join.</param>
/// <param name="handler">The actor that is told of them.</param>
/// <param name="listener">Their owner, which is told why none can be accepted for now.</param>
internal abstract class Acceptor(Socket listening, SocketRegistry sockets, IActorRef handler, IActorRef listener) : IDisposable
{
    private long _accepted;

    private bool _isDisposed;

    protected Socket Listening => listening;

    protected SocketRegistry Sockets => sockets;

    /// <summary>Whether it accepts no more: its socket may be closed, and another may have the descriptor.</summary>
    protected bool IsDisposed => Volatile.Read(ref _isDisposed);

    /// <summary>Accepts what comes from now on, until one cannot be accepted: then the owner was told, and says when to go on.</summary>
    public abstract void Accept();

    /// <summary>Before its socket is closed. More than once is as good as once.</summary>
    public virtual void Dispose() => Volatile.Write(ref _isDisposed, true);

    /// <summary>Accepts one socket, or notes that none waits. Any thread.</summary>
    /// <returns>Whether to go on.</returns>
    protected bool TryAccept(Socket? socket, SocketError error)
    {
        switch (error)
        {
            // The next descriptors are for the rest of the process, which could not go on without.
            case SocketError.Success when socket!.Handle >= sockets.DescriptorsEnd:
                socket.Dispose();
                listener.Tell(new SocketListenerActor.AcceptFailed(SocketError.TooManyOpenSockets));
                return false;
            case SocketError.Success:
                OnAccepted(socket!);
                return true;
            // It listens no longer.
            case SocketError.OperationAborted or SocketError.Interrupted: return false;
            // A client that was gone before it was accepted.
            case SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.WouldBlock: return true;
            default:
                listener.Tell(new SocketListenerActor.AcceptFailed(error));
                return false;
        }
    }

    private void OnAccepted(Socket socket)
    {
        try
        {
            var connected = new Tcp.Connected(socket.RemoteEndPoint!, socket.LocalEndPoint!);
            var connection = SocketConnection.Create(socket, listener.Path, Interlocked.Increment(ref _accepted), sockets);
            handler.Tell(connected, connection);
            if (IsDisposed)
            {
                // Too late for those who reset all that were accepted.
                connection.Tell(Tcp.Abort.Instance);
            }
        }
        catch (SocketException)
        {
            // It was gone before anyone could know of it, or the system takes no more.
            socket.Dispose();
        }
    }
}
