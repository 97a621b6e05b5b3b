using System.Net.Sockets;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The file of a listening Unix socket. The runtime removes it when the socket closes; the file that a crash left is removed here.
/// </summary>
internal static class UnixSocketFile
{
    /// <summary>Binds, then sets the permissions: before the socket listens no client can connect.</summary>
    /// <exception cref="SocketException">Another socket listens there, or the path cannot be used.</exception>
    /// <exception cref="IOException">The path is a file that is no socket.</exception>
    public static void Bind(Socket socket, UnixDomainSocketEndPoint at, UnixFileMode mode)
    {
        var path = at.ToString();
        if (File.Exists(path))
        {
            RemoveIfStale(path, at);
        }

        socket.Bind(at);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static void RemoveIfStale(string path, UnixDomainSocketEndPoint at)
    {
        if (!IsSocket(path))
        {
            throw new IOException("a file is there that is no socket; remove it or choose another path");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(at);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            // Another socket listens, and its backlog is full.
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    // A socket cannot be opened as a file.
    private static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException("a file is there that this process may not look at; remove it or choose another path");
        }
        catch (IOException)
        {
            return true;
        }
    }
}
