using Akka.Configuration;
using WsActors.Manager;

namespace WsActors;

/// <summary>The oldest version of TLS that is spoken.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 (RFC 5246), and 1.3 with peers that speak it.</summary>
    Tls12,

    /// <summary>TLS 1.3 (RFC 8446) alone.</summary>
    Tls13,
}

/// <summary>Whether a server asks clients for a certificate.</summary>
public enum ClientCertificateMode
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>It does, and takes those who have none; one that is shown must be good.</summary>
    Request,

    /// <summary>It takes nobody without a good one.</summary>
    Require,
}

/// <summary>
/// A certificate and its private key, in files. PEM (RFC 7468), its chain behind it, or PFX (PKCS #12). The chain of the file is sent,
/// whatever this machine trusts; of a PFX without a root.
/// </summary>
/// <param name="Path">The certificate's file.</param>
/// <param name="KeyPath">The file of its key, in PEM; null when the certificate's file holds it.</param>
/// <param name="PasswordFrom">
/// Where the password of the key or the PFX is: <c>file:/run/secrets/password</c>, of which the first line counts, or <c>env:NAME</c>;
/// null for
/// none.
/// </param>
public sealed record TlsCertificate(string Path, string? KeyPath = null, string? PasswordFrom = null);

/// <summary>The TLS of an endpoint at <c>wss://</c>. Its handshake is part of <see cref="EndpointOptions.HandshakeTimeout"/>.</summary>
public sealed record TlsOptions
{
    /// <summary>
    /// Of several, a client is shown the first that has the name it asks for (SNI, RFC 6066 §3), and the first of all when none has it or
    /// it asks
    /// for none. Empty where no endpoint is at <c>wss://</c>.
    /// </summary>
    public required IReadOnlyList<TlsCertificate> Certificates { get; init; }

    /// <summary>The oldest version that is spoken.</summary>
    public required TlsVersion MinVersion { get; init; }

    /// <summary>
    /// Whether clients are asked for a certificate; <see cref="UpgradeRequest.ClientCertificate"/> is the one they show.
    /// </summary>
    public required ClientCertificateMode ClientCertificates { get; init; }

    /// <summary>A PEM file of those who may sign a client's certificate; null only while clients are not asked for one.</summary>
    public required string? ClientCa { get; init; }

    /// <summary>The interval at which the files are checked; a change holds for later handshakes. Null for never.</summary>
    public required TimeSpan? ReloadInterval { get; init; }

    /// <exception cref="ConfigurationException">A key is not usable.</exception>
    internal static TlsOptions From(ManagerSettings.ConfigReader read) => new()
    {
        Certificates = CertificatesIn(read),
        MinVersion = VersionIn(read, "tls.min-version"),
        ClientCertificates = read.OneOf<ClientCertificateMode>("tls.client-certificates"),
        ClientCa = read.TextOrNone("tls.client-ca"),
        ReloadInterval = read.DurationOrOff("tls.reload-interval"),
    };

    internal static TlsVersion VersionIn(ManagerSettings.ConfigReader read, string key) =>
        read.OneOf(key, "1.2", "1.3") == "1.3" ? TlsVersion.Tls13 : TlsVersion.Tls12;

    /// <summary>The certificate of the keys <c>certificate</c>, <c>key</c> and <c>password</c>; null when they name none.</summary>
    internal static TlsCertificate? CertificateIn(ManagerSettings.ConfigReader read, string prefix = "")
    {
        var path = read.TextOrNone($"{prefix}certificate");
        var (key, password) = (read.TextOrNone($"{prefix}key"), read.TextOrNone($"{prefix}password"));
        return (path, key, password) switch
        {
            ({ } file, _, _) => new TlsCertificate(file, key, password),
            (null, null, null) => null,
            _ => throw read.Wrong($"{prefix}certificate", "the file of the certificate to which the key or the password belongs"),
        };
    }

    private static TlsCertificate[] CertificatesIn(ManagerSettings.ConfigReader read)
    {
        var others = read.Sections("tls.others", "certificate", "key", "password")
            .Select(static other => CertificateIn(other) ?? throw other.Wrong("certificate", "a file"))
            .ToArray();
        return CertificateIn(read, "tls.") is { } first
            ? [first, .. others]
            : others.Length == 0 ? [] : throw read.Wrong("tls.certificate", "a file, for whoever asks for no name that tls.others has");
    }
}
