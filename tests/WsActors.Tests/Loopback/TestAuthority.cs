using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsActors.Tests.Loopback;

/// <summary>Signs certificates for a test, in a temporary directory. They are trusted only where the test configures it.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wsactors-tls-");

    private readonly X509Certificate2 _own;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=A test's authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
        Path = Write("ca.pem", _own.ExportCertificatePem());
    }

    /// <summary>Its own certificate, for those that trust it.</summary>
    public string Path { get; }

    /// <summary>The trust of a foreign client: this authority only.</summary>
    public SslClientAuthenticationOptions ClientOptions(string name = "localhost")
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(_own);
        return new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = policy };
    }

    public string In(string name) => System.IO.Path.Combine(_directory.FullName, name);

    public string Write(string name, string text)
    {
        var path = In(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A server's certificate for these names or addresses, and its key behind it, in one PEM file.</summary>
    public string ServerPem(string file, params string[] names)
    {
        using var certificate = Sign("CN=" + names[0], names);
        return Write(file, PemOf(certificate));
    }

    public static string PemOf(X509Certificate2 certificate) =>
        certificate.ExportCertificatePem() + "\n" + KeyOf(certificate).ExportPkcs8PrivateKeyPem() + "\n";

    public static ECDsa KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!; // not null: Sign makes it so

    /// <summary>A certificate with its key; for a client without names.</summary>
    public X509Certificate2 Sign(string subject, string[] names, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(names.Length > 0 ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        if (names.Length > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
            {
                if (IPAddress.TryParse(name, out var address))
                {
                    alternatives.AddIpAddress(address);
                }
                else
                {
                    alternatives.AddDnsName(name);
                }
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        using var signed = request.Create(
            _own, DateTimeOffset.UtcNow.AddYears(-1), notAfter ?? DateTimeOffset.UtcNow.AddYears(1), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), password: null, X509KeyStorageFlags.Exportable);
    }

    public void Dispose()
    {
        _own.Dispose();
        _directory.Delete(recursive: true);
    }
}
