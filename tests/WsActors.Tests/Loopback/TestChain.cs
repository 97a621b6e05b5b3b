using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsActors.Tests.Loopback;

/// <summary>
/// A certificate of <c>localhost</c> signed by <c>middle</c>, which the new root has signed, which signs itself; and the old root has
/// cross-signed the new one.
/// </summary>
internal sealed class TestChain
{
    public TestChain()
    {
        var (old, renewed, middle, leaf) = (NewKey(), NewKey(), NewKey(), NewKey());
        Old = Sign("old root", old, null, old);
        New = Sign("new root", renewed, null, renewed);
        Cross = Sign("new root", renewed, Old, old);
        Middle = Sign("middle", middle, New, renewed);
        Leaf = Sign("localhost", leaf, Middle, middle);
        LeafKey = leaf.ExportPkcs8PrivateKeyPem();
        MiddleKey = middle.ExportPkcs8PrivateKeyPem();
    }

    public X509Certificate2 Old { get; }

    public X509Certificate2 New { get; }

    public X509Certificate2 Cross { get; }

    public X509Certificate2 Middle { get; }

    public X509Certificate2 Leaf { get; }

    /// <summary>The leaf's key, in PEM.</summary>
    public string LeafKey { get; }

    /// <summary>The key of <see cref="Middle"/>, in PEM.</summary>
    public string MiddleKey { get; }

    public static string PemOf(params X509Certificate2[] certificates) =>
        string.Concat(certificates.Select(static one => one.ExportCertificatePem() + "\n"));

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static X509Certificate2 Sign(string name, ECDsa key, X509Certificate2? issuer, ECDsa signer)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var isLeaf = name == "localhost";
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(!isLeaf, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (isLeaf)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return request.Create(
            issuer?.SubjectName ?? request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(signer),
            from,
            to,
            RandomNumberGenerator.GetBytes(8));
    }
}
