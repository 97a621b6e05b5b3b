using System.Net.Sockets;
using Akka.IO;

namespace WsActors.Transport;

/// <summary>
/// The socket of one <c>Tcp.Connect</c> until it is connected, so that the attempt can be canceled. Without it a byte source ends an
/// attempt only at its timeout. Any thread.
/// </summary>
internal sealed class ConnectAttempt : Inet.SocketOption
{
    private readonly Lock _gate = new();

    /// <summary>The socket; null before the source has created it, and once it is connected.</summary>
    private Socket? _socket;

    private bool _isCanceled;

    public override void BeforeConnect(Socket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            CloseIfCanceled();
        }
    }

    /// <exception cref="SocketException">The attempt was canceled after the socket had connected.</exception>
    public override void AfterConnect(Socket socket)
    {
        lock (_gate)
        {
            _socket = null;
            if (_isCanceled)
            {
                throw new SocketException((int)SocketError.OperationAborted);
            }
        }
    }

    /// <summary>Closes the socket unless it is connected. The source answers <c>Tcp.CommandFailed</c>.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _isCanceled = true;
            CloseIfCanceled();
        }
    }

    private void CloseIfCanceled()
    {
        if (_isCanceled)
        {
            _socket?.Dispose();
        }
    }
}
