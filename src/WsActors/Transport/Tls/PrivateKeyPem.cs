using System.Formats.Asn1;
using System.Security.Cryptography;

namespace WsActors.Transport.Tls;

/// <summary>Private keys in PEM, looked at apart from any certificate: so a key of another one is told from a damaged one.</summary>
internal static class PrivateKeyPem
{
    /// <summary>PBES2 of PKCS #5 (RFC 8018 §6.2), which names a key derivation and a cipher.</summary>
    private const string Pbes2 = "1.2.840.113549.1.5.13";

    /// <summary>What .NET has of these: PBKDF2, and DES, RC2, 3DES and AES in CBC mode.</summary>
    private static readonly string[] KnownOfPbes2 =
    [
        "1.2.840.113549.1.5.12", "1.3.14.3.2.7", "1.2.840.113549.3.2", "1.2.840.113549.3.7",
        "2.16.840.1.101.3.4.1.2", "2.16.840.1.101.3.4.1.22", "2.16.840.1.101.3.4.1.42",
    ];

    /// <summary>Whether any key of a file can be read.</summary>
    /// <param name="pem">It may hold certificates, too.</param>
    /// <param name="password">Of encrypted keys.</param>
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

    /// <summary>The algorithm of an encrypted key for which .NET has no code, so that no password opens it; null for none.</summary>
    /// <param name="pem">The first key in it counts.</param>
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
            return used.Except(KnownOfPbes2, StringComparer.Ordinal).FirstOrDefault();
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
