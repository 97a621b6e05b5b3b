using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsActors.Benchmarks.Compare;

/// <summary>A certificate for localhost that lasts a day, and its key, in a file that is deleted afterwards.</summary>
internal sealed class ServerCertificate : IDisposable
{
    public ServerCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        File.WriteAllText(Path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    /// <summary>A PEM file, which its owner alone may read.</summary>
    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(Path);
}
