using WsActors.Protocol.Handshake;
using WsActors.Settings;

namespace WsActors;

/// <summary>The opening handshake: <c>ws-actors.handshake</c>. A new instance has the defaults.</summary>
public sealed record HandshakeOptions
{
    /// <summary>The defaults.</summary>
    public HandshakeOptions()
        : this(Defaults.Endpoint.Handshake)
    {
    }

    internal HandshakeOptions(Unset _)
    {
    }

    /// <summary>
    /// Of an endpoint: from the accepted socket to the complete request; past it 408, or a close without an answer if nothing came. Of a
    /// client: from the socket to the server's complete response; past it the connection has failed.
    /// </summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Longest request line, and of a response its status line; past it 414.</summary>
    public int MaxRequestLineBytes { get; init; }

    /// <summary>Most bytes of all header lines together; past it 431.</summary>
    public int MaxHeaderBytes { get; init; }

    /// <summary>Most header lines; past it 431.</summary>
    public int MaxHeaders { get; init; }

    internal RequestLimits Limits => new()
    {
        MaxRequestLineBytes = MaxRequestLineBytes,
        MaxHeaderBytes = MaxHeaderBytes,
        MaxHeaders = MaxHeaders,
    };
}
