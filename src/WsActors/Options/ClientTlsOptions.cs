using System.Net.Security;
using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The TLS of a connection to a server at <c>wss://</c>: <c>ws-actors.client.tls</c>. Its handshake is part of
/// <see cref="HandshakeOptions.Timeout"/>. A new instance has the defaults.
/// </summary>
public sealed record ClientTlsOptions
{
    /// <summary>The defaults.</summary>
    public ClientTlsOptions()
        : this(Defaults.Client.Tls)
    {
    }

    internal ClientTlsOptions(Unset _)
    {
    }

    /// <summary>A PEM file of the only authorities that may sign the server's certificate; null trusts those of the system.</summary>
    public string? Ca { get; init; }

    /// <summary>The certificate for servers that ask for one; null for none.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>The oldest version that is spoken.</summary>
    public TlsVersion MinVersion { get; init; }

    /// <summary>
    /// The name that the server's certificate must have, sent to the server by SNI; null is the host of the URI. Not in HOCON.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// Has the last word about the server's certificate, whatever is wrong with it; null takes one with which nothing is. It runs off the
    /// actors. Not in HOCON.
    /// </summary>
    public RemoteCertificateValidationCallback? Validate { get; init; }
}
