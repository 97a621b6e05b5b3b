namespace WsActors;

/// <summary>
/// A certificate and its private key, in files. PEM (RFC 7468), its chain behind it, or PFX (PKCS #12). The chain of the file is sent,
/// whatever this machine trusts; of a PFX without a root.
/// </summary>
public sealed record TlsCertificate
{
    /// <summary>The certificate's file.</summary>
    public required string Path { get; init; }

    /// <summary>The file of its key, in PEM; null when the certificate's file holds it.</summary>
    public string? KeyPath { get; init; }

    /// <summary>
    /// Where the password of the key or the PFX is: <c>file:/run/secrets/password</c>, of which the first line counts, or <c>env:NAME</c>;
    /// null for none.
    /// </summary>
    public string? PasswordFrom { get; init; }
}
