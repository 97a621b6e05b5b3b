using System.Net.Security;
using WsActors.Manager;

namespace WsActors;

/// <summary>
/// The TLS of a connection to a server at <c>wss://</c>. Its handshake is part of the time that the server has to answer.
/// </summary>
public sealed record ClientTlsOptions
{
    /// <summary>
    /// A PEM file of those who may sign the server's certificate, and nobody else may; null trusts whom the system trusts.
    /// </summary>
    public required string? Ca { get; init; }

    /// <summary>The certificate for servers that ask for one; null for none.</summary>
    public required TlsCertificate? Certificate { get; init; }

    /// <summary>The oldest version that is spoken.</summary>
    public required TlsVersion MinVersion { get; init; }

    /// <summary>The name that the server's certificate must have, and that it is asked for; null is the host of the URI.</summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// Has the last word about the server's certificate, whatever is wrong with it; null takes one with which nothing is. It runs off the
    /// actors.
    /// </summary>
    public RemoteCertificateValidationCallback? Validate { get; init; }

    internal static ClientTlsOptions From(ManagerSettings.ConfigReader read) => new()
    {
        Ca = read.TextOrNone("client.tls.ca"),
        Certificate = TlsOptions.CertificateIn(read, "client.tls."),
        MinVersion = TlsOptions.VersionIn(read, "client.tls.min-version"),
    };
}
