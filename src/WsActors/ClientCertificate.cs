using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// The certificate that a client presented in its TLS handshake: within its validity period and signed by one of
/// <c>ws-actors.tls.client-ca</c>, or accepted by the host's HTTP server. Plain data, so that it can be serialized to a handler on another
/// node.
/// </summary>
[JsonConverter(typeof(WsJsonConverter))]
public sealed class ClientCertificate : Ws.IValue
{
    /// <exception cref="CryptographicException">The bytes are not a certificate.</exception>
    internal ClientCertificate(ReadOnlyMemory<byte> der)
    {
        Der = der;
        using var certificate = Load();
        Subject = certificate.Subject;
        Thumbprint = Convert.ToHexStringLower(SHA256.HashData(der.Span));
    }

    /// <summary>The certificate that a host's HTTP server has accepted.</summary>
    public static ClientCertificate From(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new ClientCertificate(certificate.RawDataMemory);
    }

    /// <summary>The distinguished name of the subject, such as <c>CN=ann, O=Example</c>.</summary>
    public string Subject { get; }

    /// <summary>SHA-256 of the whole certificate, in hexadecimal. It identifies the certificate.</summary>
    public string Thumbprint { get; }

    /// <summary>The certificate itself (X.509, DER).</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The certificate with all its fields, such as the alternative names. The caller disposes it.</summary>
    public X509Certificate2 Load() => X509CertificateLoader.LoadCertificate(Der.Span);
}
