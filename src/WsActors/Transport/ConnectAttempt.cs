using System.Net.Sockets;
using Akka.IO;

namespace WsActors.Transport;

/// <summary>
/// The socket of one <c>Tcp.Connect</c> until it is connected, so that the attempt can be ended: a byte source ends it by itself at its
/// timeout alone. Any thread.
/// </summary>
internal sealed class ConnectAttempt : Inet.SocketOption
{
    private readonly Lock _gate = new();

    /// <summary>Null before the source has made it, and once it is connected.</summary>
    private Socket? _socket;

    private bool _isEnded;

    public override void BeforeConnect(Socket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            CloseIfEnded();
        }
    }

    public override void AfterConnect(Socket socket)
    {
        lock (_gate)
        {
            _socket = null;
        }
    }

    /// <summary>Closes the socket unless it is connected. The source answers <c>Tcp.CommandFailed</c>.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            CloseIfEnded();
        }
    }

    private void CloseIfEnded()
    {
        if (_isEnded)
        {
            _socket?.Dispose();
        }
    }
}
