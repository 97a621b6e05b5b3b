using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace WsActors.Transport.Tls;

/// <summary>Reads certificates and keys. Every error is one sentence that names the key and the file.</summary>
internal static class CertificateFile
{
    /// <summary>The labels of certificates; OpenSSL writes the other two, which RFC 7468 does not have.</summary>
    private static readonly string[] Labels =
    [
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN X509 CERTIFICATE-----",
        "-----BEGIN TRUSTED CERTIFICATE-----",
    ];

    /// <summary>A certificate with its key, and the other certificates of its file.</summary>
    /// <param name="certificate">The files.</param>
    /// <param name="section">The section of the settings that name them, such as <c>ws-actors.tls</c>.</param>
    /// <exception cref="ConfigurationException">The files hold no usable certificate with a key.</exception>
    public static SslStreamCertificateContext Load(TlsCertificate certificate, string section)
    {
        var bytes = Read(certificate.Path, $"{section}.certificate");
        var password = Password(certificate, section);
        if (bytes.Length == 0)
        {
            throw Wrong($"{section}.certificate", certificate.Path, "it is empty");
        }

        var (own, others) = IsPem(bytes, out var text)
            ? FromPem(text, certificate, password, section)
            : FromPfx(bytes, certificate, password, section);
        if (IsAuthority(own) && others.FirstOrDefault(static one => !IsAuthority(one) && !IsSelfIssued(one)) is { } leaf)
        {
            var (key, path) = KeyOf(certificate, section);
            throw Wrong(
                key,
                path,
                $"it holds the key of the authority {own.Subject}, not that of the certificate {leaf.Subject} in {certificate.Path}");
        }

        return CertificateChain.ToContext(own, others);
    }

    /// <summary>The trusted certificate authorities.</summary>
    /// <param name="path">A PEM file of certificates.</param>
    /// <param name="key">The key of the setting that names it.</param>
    /// <exception cref="ConfigurationException">The file holds no certificate.</exception>
    public static X509Certificate2Collection LoadAuthorities(string path, string key)
    {
        var authorities = new X509Certificate2Collection();
        if (IsPem(Read(path, key), out var text))
        {
            Import(authorities, text, path, key);
        }

        return authorities.Count > 0 ? authorities : throw Wrong(key, path, "it holds no certificate in PEM");
    }

    /// <summary>All files of a certificate: a change of one of them may change the certificate.</summary>
    public static IEnumerable<string> FilesOf(TlsCertificate certificate) => new[]
    {
        certificate.Path,
        certificate.KeyPath,
        certificate.PasswordFrom is { } from && from.StartsWith("file:", StringComparison.Ordinal) ? from["file:".Length..] : null,
    }.OfType<string>();

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) FromPem(
        string text, TlsCertificate certificate, string? password, string section)
    {
        var all = new X509Certificate2Collection();
        Import(all, text, certificate.Path, $"{section}.certificate");
        if (all.Count == 0)
        {
            throw Wrong($"{section}.certificate", certificate.Path, "it holds no certificate");
        }

        var (keyKey, keyPath) = KeyOf(certificate, section);
        var key = certificate.KeyPath is null ? text : PemOf(Read(keyPath, keyKey));
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            var remedy = certificate.KeyPath is null ? $"; name the key's file in {section}.key" : " in PEM";
            throw Wrong(keyKey, keyPath, $"it holds no private key{remedy}");
        }

        // RFC 1421 §4.6.1.1, the form of keys of OpenSSL before version 1.0.
        if (key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw Wrong(
                keyKey,
                keyPath,
                "its key is encrypted in the old form of OpenSSL, which is not read; "
                + "convert it by openssl pkcs8 -topk8 -in old.key -out new.key");
        }

        var isEncrypted = key.Contains("BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal);
        if (isEncrypted && password is null)
        {
            throw Wrong(keyKey, keyPath, $"its key is encrypted; say in {section}.password where the password is");
        }

        // The key is that of the first certificate, unless the file is in another order.
        foreach (var one in all)
        {
            try
            {
                var pem = one.ExportCertificatePem();
                using var whole = isEncrypted
                    ? X509Certificate2.CreateFromEncryptedPem(pem, key, password)
                    : X509Certificate2.CreateFromPem(pem, key);
                all.Remove(one);
                return (Usable(whole), all);
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException)
            {
                // Neither the type nor the text of the exception distinguishes a key of another certificate from a damaged one.
            }
        }

        throw PrivateKeyPem.IsReadable(key, password) switch
        {
            true => Wrong(keyKey, keyPath, $"it is not the key of the certificate in {certificate.Path}, nor of another one there"),
            _ when isEncrypted && PrivateKeyPem.UnknownEncryption(key) is { } algorithm => Wrong(
                keyKey,
                keyPath,
                $"its key is encrypted by {algorithm}, which is not read; convert it by openssl pkey -aes256 -in old.key -out new.key"),
            _ when isEncrypted =>
                Wrong($"{section}.password", certificate.PasswordFrom!, $"that password does not open the key in {keyPath}"),
            _ => Wrong(keyKey, keyPath, "its key cannot be read: it is damaged, or neither RSA nor EC"),
        };
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) FromPfx(
        byte[] bytes, TlsCertificate certificate, string? password, string section)
    {
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(bytes, password);
        }
        catch (CryptographicException)
        {
            throw Wrong(
                $"{section}.certificate",
                certificate.Path,
                password switch
                {
                    _ when IsDer(bytes) =>
                        "it is a certificate in DER; convert it to PEM by openssl x509 -inform der -in old.cer -out new.pem",
                    null => $"it is neither PEM nor a PFX without a password; say in {section}.password where the password is",
                    _ => $"it is neither PEM nor a PFX that the password of {section}.password opens",
                });
        }

        // Exports of a PFX include the root, which is not sent: a peer either trusts its own copy, or does not trust it (RFC 8446 §4.4.2).
        X509Certificate2Collection WithoutRoots() => [.. all.Where(static one => !IsSelfIssued(one))];

        // The file may hold an authority's key, too.
        if (all.Where(static one => one.HasPrivateKey).OrderBy(IsAuthority).FirstOrDefault() is { } own)
        {
            all.Remove(own);
            return (own, WithoutRoots());
        }

        if (certificate.KeyPath is null)
        {
            throw Wrong($"{section}.certificate", certificate.Path, $"it holds no private key; name the key's file in {section}.key");
        }

        // A self-signed certificate may be the only one.
        var shown = all.Count > 1 ? WithoutRoots() : all;
        return FromPem(string.Concat(shown.Select(static one => one.ExportCertificatePem() + "\n")), certificate, password, section);
    }

    /// <summary>The key's setting and its file.</summary>
    private static (string Key, string Path) KeyOf(TlsCertificate certificate, string section) =>
        certificate.KeyPath is { } path ? ($"{section}.key", path) : ($"{section}.certificate", certificate.Path);

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority);

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    // Schannel does not accept a key that is only in memory.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);

    private static void Import(X509Certificate2Collection into, string pem, string path, string key)
    {
        try
        {
            into.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw Wrong(key, path, $"it holds an invalid certificate: {Inline(e)}");
        }

        // ImportFromPem silently skips text that is not in the form of RFC 7468.
        var written = Labels.Sum(label => pem.AsSpan().Count(label));
        if (into.Count < written)
        {
            throw Wrong(
                key,
                path,
                $"of its certificates ({written}) only {into.Count} can be read; each has to be whole, and to begin and end with a line "
                + "of its own, -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----");
        }
    }

    private static string? Password(TlsCertificate certificate, string section) => certificate.PasswordFrom switch
    {
        null => null,
        ['f', 'i', 'l', 'e', ':', .. var path] => TextOf(Read(path, $"{section}.password")).Split('\n')[0].TrimEnd('\r'),
        ['e', 'n', 'v', ':', .. var name] => Environment.GetEnvironmentVariable(name)
            ?? throw Wrong($"{section}.password", certificate.PasswordFrom, "there is no such environment variable"),

        // The value may be the password itself, which must not appear in a log.
        _ => throw new ConfigurationException($"{section}.password is not usable: write file:/path or env:NAME, where the password is."),
    };

    private static byte[] Read(string path, string key)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Wrong(key, path, "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong(key, path, Inline(e));
        }
    }

    private static bool IsPem(byte[] bytes, out string text)
    {
        text = PemOf(bytes);
        return text.Contains("-----BEGIN ", StringComparison.Ordinal);
    }

    /// <summary>Text without byte order marks: files that Windows joined by <c>copy a+b</c> have one in the middle.</summary>
    private static string PemOf(byte[] bytes) => TextOf(bytes).Replace("\uFEFF", "", StringComparison.Ordinal);

    /// <summary>Decodes UTF-8, or the encoding of a byte order mark: editors on Windows write one, and its shell writes UTF-16.</summary>
    private static string TextOf(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes));
        return reader.ReadToEnd();
    }

    private static bool IsDer(byte[] bytes)
    {
        try
        {
            return X509Certificate2.GetCertContentType(bytes) == X509ContentType.Cert;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string Inline(Exception e) => e.Message.TrimEnd('.');

    private static ConfigurationException Wrong(string key, string value, string why) => new($"{key} = {value} is not usable: {why}.");
}
