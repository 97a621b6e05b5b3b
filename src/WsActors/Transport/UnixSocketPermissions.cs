using Akka.IO;

namespace WsActors.Transport;

/// <summary>The permissions of a Unix socket's file, for our own byte source.</summary>
internal sealed class UnixSocketPermissions(UnixFileMode mode) : Inet.SocketOption
{
    public UnixFileMode Mode => mode;
}
