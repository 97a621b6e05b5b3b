using Akka.IO;

namespace WsActors.Transport;

/// <summary>Asks our own byte source for a socket's file that these may connect to.</summary>
internal sealed class UnixSocketPermissions(UnixFileMode mode) : Inet.SocketOption
{
    public UnixFileMode Mode => mode;
}
