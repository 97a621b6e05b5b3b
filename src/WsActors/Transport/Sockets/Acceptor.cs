using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;

namespace WsActors.Transport.Sockets;

/// <summary>Accepts sockets, and reports each by <c>Tcp.Connected</c>. It waits for them by our pollers, or by the runtime.</summary>
/// <param name="listening">The listening socket.</param>
/// <param name="sockets">The registry of accepted sockets.</param>
/// <param name="handler">The receiver of <c>Tcp.Connected</c>.</param>
/// <param name="listener">The owner of the sockets. It is told when none can be accepted for now.</param>
internal abstract class Acceptor(Socket listening, SocketRegistry sockets, IActorRef handler, IActorRef listener) : IDisposable
{
    private long _accepted;

    private bool _isDisposed;

    protected Socket Listening => listening;

    protected SocketRegistry Sockets => sockets;

    /// <summary>Whether it has stopped: its socket may be closed, and another one may have the descriptor.</summary>
    protected bool IsDisposed => Volatile.Read(ref _isDisposed);

    /// <summary>Accepts sockets until one cannot be accepted: then the owner is told, and calls this again later.</summary>
    public abstract void Accept();

    /// <summary>Stops accepting. Called before the listening socket is closed; a second call does nothing.</summary>
    public virtual void Dispose() => Volatile.Write(ref _isDisposed, true);

    /// <summary>Accepts one socket, or finds that none waits. Any thread.</summary>
    /// <returns>True when it can accept the next one.</returns>
    protected bool TryAccept(Socket? socket, SocketError error)
    {
        switch (error)
        {
            // The next descriptors are reserved for the rest of the process.
            case SocketError.Success when socket!.Handle >= sockets.DescriptorsEnd:
                socket.Dispose();
                listener.Tell(new SocketListenerActor.AcceptFailed(SocketError.TooManyOpenSockets));
                return false;
            case SocketError.Success:
                OnAccepted(socket!);
                return true;
            // The listening socket is closed.
            case SocketError.OperationAborted or SocketError.Interrupted: return false;
            // The client disconnected before it was accepted.
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
                // The listener has stopped, and has reset its accepted sockets already.
                connection.Tell(Tcp.Abort.Instance);
            }
        }
        catch (SocketException)
        {
            // The peer has disconnected, or the system takes no more.
            socket.Dispose();
        }
    }
}
