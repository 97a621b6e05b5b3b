using System.Formats.Asn1;
using System.Security.Cryptography;

namespace WsActors.Transport.Tls;

/// <summary>
/// Reads private keys in PEM without their certificates, to distinguish the key of another certificate from a damaged key.
/// </summary>
internal static class PrivateKeyPem
{
    /// <summary>PBES2 of PKCS #5 (RFC 8018 §6.2), which names a key derivation and a cipher.</summary>
    private const string Pbes2 = "1.2.840.113549.1.5.13";

    /// <summary>The algorithms of PBES2 that .NET implements: PBKDF2, and DES, RC2, 3DES and AES in CBC mode.</summary>
    private static readonly string[] KnownPbes2Algorithms =
    [
        "1.2.840.113549.1.5.12", "1.3.14.3.2.7", "1.2.840.113549.3.2", "1.2.840.113549.3.7",
        "2.16.840.1.101.3.4.1.2", "2.16.840.1.101.3.4.1.22", "2.16.840.1.101.3.4.1.42",
    ];

    /// <summary>Whether any key of a file can be read.</summary>
    /// <param name="pem">The PEM text; it may also hold certificates.</param>
    /// <param name="password">The password of encrypted keys.</param>
    public static bool IsReadable(string pem, string? password)
    {
        while (PemEncoding.TryFind(pem, out var found))
        {
            if (pem[found.Label] is var label
                && label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)
                && Imports(pem[found.Location], label.StartsWith("ENCRYPTED", StringComparison.Ordinal) ? password : null))
            {
                return true;
            }

            pem = pem[found.Location.End..];
        }

        return false;
    }

    /// <summary>The encryption algorithm that .NET does not implement, so that no password opens the key; null if it does.</summary>
    /// <param name="pem">The PEM text; its first key counts.</param>
    public static string? UnknownEncryption(string pem)
    {
        while (PemEncoding.TryFind(pem, out var found))
        {
            if (pem[found.Label] == "ENCRYPTED PRIVATE KEY")
            {
                var oid = UnknownAlgorithm(Convert.FromBase64String(pem[found.Base64Data]));
                return oid is null ? null : new Oid(oid).FriendlyName ?? oid;
            }

            pem = pem[found.Location.End..];
        }

        return null;
    }

    /// <param name="key">EncryptedPrivateKeyInfo (RFC 5958 §3).</param>
    private static string? UnknownAlgorithm(byte[] key)
    {
        try
        {
            var encryption = new AsnReader(key, AsnEncodingRules.BER).ReadSequence().ReadSequence();
            if (encryption.ReadObjectIdentifier() != Pbes2)
            {
                return null;
            }

            var parameters = encryption.ReadSequence();
            string[] used = [parameters.ReadSequence().ReadObjectIdentifier(), parameters.ReadSequence().ReadObjectIdentifier()];
            return used.Except(KnownPbes2Algorithms, StringComparer.Ordinal).FirstOrDefault();
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool Imports(string pem, string? password)
    {
        using var rsa = RSA.Create();
        using var ec = ECDsa.Create();
        return Imports(rsa, pem, password) || Imports(ec, pem, password);
    }

    private static bool Imports(AsymmetricAlgorithm into, string pem, string? password)
    {
        try
        {
            if (password is null)
            {
                into.ImportFromPem(pem);
            }
            else
            {
                into.ImportFromEncryptedPem(pem, password);
            }

            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
