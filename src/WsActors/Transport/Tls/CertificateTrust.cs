using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsActors.Transport.Tls;

/// <summary>The authorities whose certificates are trusted.</summary>
internal static class CertificateTrust
{
    /// <summary>The purpose that a certificate must have, if it names purposes (RFC 5280 §4.2.1.12).</summary>
    public const string ForClients = "1.3.6.1.5.5.7.3.2";

    /// <inheritdoc cref="ForClients"/>
    public const string ForServers = "1.3.6.1.5.5.7.3.1";

    /// <summary>
    /// A policy that trusts only these authorities. No URL in a certificate is fetched: a peer must not decide to whom we connect.
    /// </summary>
    public static X509ChainPolicy Only(X509Certificate2Collection authorities, string purpose)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(purpose));
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>The errors of a chain in the system's words, not the peer's.</summary>
    public static string ErrorsOf(X509Chain? chain) => chain?.ChainStatus is { Length: > 0 } faults
        ? string.Join(", ", faults.Select(static fault => fault.Status).Distinct())
        : "it cannot be verified";
}

/// <summary>The TLS versions as flags of the system.</summary>
internal static class TlsProtocols
{
    public static SslProtocols From(TlsVersion oldest) =>
        oldest == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
}
