using System.Net.Sockets;

namespace WsActors.Transport;

/// <summary>The text form of Unix sockets: <c>ws+unix:///run/app.sock</c>.</summary>
internal static class UnixSocketPath
{
    public const string Scheme = "ws+unix";

    /// <summary>The required form, as the rest of a sentence.</summary>
    public const string Form = "write ws+unix:///path.sock, an absolute path of about a hundred bytes at most, without a colon";

    /// <summary>The path of a socket; null when it cannot be one.</summary>
    public static UnixDomainSocketEndPoint? TryParse(string path)
    {
        try
        {
            return path.StartsWith('/') && !path.AsSpan().ContainsAny(':', '\0') ? new UnixDomainSocketEndPoint(path) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
