using System.Net.Sockets;
using Akka.IO;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The closed directions of a socket. Ours closes once all writes were sent. Part of its connection, within its gate.
/// </summary>
internal struct SocketCloseState
{
    /// <summary>The close to perform once all writes were sent; null without one.</summary>
    private Tcp.CloseCommand? _requested;

    /// <summary>Whether we have closed our direction.</summary>
    private bool _isShutDown;

    private bool _hasPeerClosed;

    public readonly bool IsRequested => _requested is not null;

    /// <summary>Whether our direction must be closed once all writes were sent.</summary>
    public readonly bool IsDue => IsRequested && !_isShutDown;

    /// <summary>A close was requested.</summary>
    public void Request(Tcp.CloseCommand how) => _requested = how;

    /// <summary>The peer closed its direction.</summary>
    /// <param name="staysOpen">Whether our direction stays open.</param>
    /// <returns>The resulting end of the socket; null while it is not closed.</returns>
    public Tcp.ConnectionClosed? OnPeerClosed(bool staysOpen)
    {
        _hasPeerClosed = true;
        return _isShutDown ? Tcp.ConfirmedClosed.Instance : staysOpen ? null : Tcp.PeerClosed.Instance;
    }

    /// <summary>All writes were sent: closes our direction.</summary>
    /// <returns>The resulting end of the socket; null while the peer's direction is open: a read will find its end.</returns>
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
