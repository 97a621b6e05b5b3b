using Akka.Configuration;
using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The TLS of an endpoint at <c>wss://</c>: <c>ws-actors.tls</c>. Its handshake is part of <see cref="HandshakeOptions.Timeout"/>. A new
/// instance has the defaults.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>The defaults.</summary>
    public TlsOptions()
        : this(Defaults.Endpoint.Tls)
    {
    }

    internal TlsOptions(Unset _) => Others = [];

    /// <summary>
    /// The certificate for clients that ask for no name (SNI, RFC 6066 §3), or for one that no certificate has. Null where no endpoint is
    /// at <c>wss://</c>. In HOCON the keys <c>certificate</c>, <c>key</c> and <c>password</c>.
    /// </summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>
    /// Further certificates. A client is shown the first that has the name it asks for, <see cref="Certificate"/> before these.
    /// </summary>
    public IReadOnlyList<TlsCertificate> Others { get; init; }

    /// <summary>The oldest version that is spoken.</summary>
    public TlsVersion MinVersion { get; init; }

    /// <summary>
    /// Whether clients are asked for a certificate; <see cref="UpgradeRequest.ClientCertificate"/> is the one they show.
    /// </summary>
    public ClientCertificateMode ClientCertificates { get; init; }

    /// <summary>
    /// A PEM file of the authorities that may sign a client's certificate; null only while clients are not asked for one.
    /// </summary>
    public string? ClientCa { get; init; }

    /// <summary>The interval at which the files are checked; a change holds for later handshakes. Null for never.</summary>
    public TimeSpan? ReloadInterval { get; init; }

    /// <summary>All certificates, <see cref="Certificate"/> first.</summary>
    internal IEnumerable<TlsCertificate> All => Certificate is null ? [] : Others.Prepend(Certificate);

    internal TlsOptions Checked() => Certificate is not null || Others.Count == 0 ? this : throw new ConfigurationException(
        "ws-actors.tls.certificate =  is not usable: it must be a file, for clients that ask for no name that tls.others has.");
}
