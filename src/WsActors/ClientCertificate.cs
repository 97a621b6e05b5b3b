using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// The certificate that a client showed in its TLS handshake: within its dates, and signed by one of <c>ws-actors.tls.client-ca</c>. Plain data, so
/// that it crosses to a handler on another node.
/// </summary>
[JsonConverter(typeof(WsJsonConverter))]
public sealed class ClientCertificate : Ws.IValue
{
    /// <exception cref="CryptographicException">It is no certificate.</exception>
    internal ClientCertificate(ReadOnlyMemory<byte> der)
    {
        Der = der;
        using var certificate = Load();
        Subject = certificate.Subject;
        Thumbprint = Convert.ToHexStringLower(SHA256.HashData(der.Span));
    }

    /// <summary>Whose it is, such as <c>CN=ann, O=Example</c>.</summary>
    public string Subject { get; }

    /// <summary>SHA-256 of the whole certificate, in hexadecimal: no other has it.</summary>
    public string Thumbprint { get; }

    /// <summary>The certificate itself (X.509, DER).</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>All there is to ask of it, such as its alternative names. The caller's to dispose of.</summary>
    public X509Certificate2 Load() => X509CertificateLoader.LoadCertificate(Der.Span);
}
