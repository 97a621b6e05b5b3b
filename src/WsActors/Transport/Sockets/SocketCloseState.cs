using System.Net.Sockets;
using Akka.IO;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The directions of a socket that are closed. Ours closes once all writes were sent. A part of its owner, under its gate.
/// </summary>
internal struct SocketCloseState
{
    /// <summary>The close to perform once all writes were sent; null without one.</summary>
    private Tcp.CloseCommand? _requested;

    /// <summary>Whether we have closed our direction.</summary>
    private bool _isShutDown;

    private bool _hasPeerClosed;

    public readonly bool IsRequested => _requested is not null;

    /// <summary>Whether our direction is to be closed when all that was written has left.</summary>
    public readonly bool IsDue => IsRequested && !_isShutDown;

    /// <summary>Somebody wants to close.</summary>
    public void Request(Tcp.CloseCommand how) => _requested = how;

    /// <summary>The peer closed its direction.</summary>
    /// <param name="staysOpen">Whether that leaves ours open.</param>
    /// <returns>The resulting end of the socket; null while it is not closed.</returns>
    public Tcp.ConnectionClosed? OnPeerClosed(bool staysOpen)
    {
        _hasPeerClosed = true;
        return _isShutDown ? Tcp.ConfirmedClosed.Instance : staysOpen ? null : Tcp.PeerClosed.Instance;
    }

    /// <summary>All that was said to the peer has left: closes our direction.</summary>
    /// <returns>The end that it is; null if that comes with the peer's, which reading will find.</returns>
    public Tcp.ConnectionClosed? ShutDown(Socket socket)
    {
        var asked = _requested!; // not null: it is due
        if (asked is Tcp.ConfirmedClose && !_hasPeerClosed && TryShutDown(socket, SocketShutdown.Send))
        {
            _isShutDown = true;
            return null;
        }

        TryShutDown(socket, SocketShutdown.Both);
        return asked.Event;
    }

    private static bool TryShutDown(Socket socket, SocketShutdown how)
    {
        try
        {
            socket.Shutdown(how);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
