using System.Security.Cryptography;

namespace WsActors.Transport.Tls;

/// <summary>Private keys in PEM, looked at apart from any certificate: so a key of another one is told from a damaged one.</summary>
internal static class PrivateKeyPem
{
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
