namespace WsActors;

/// <summary>
/// A certificate and its private key, in files. PEM (RFC 7468), its chain behind it, or PFX (PKCS #12). The chain of the file is sent,
/// whatever this machine trusts; of a PFX without a root.
/// </summary>
/// <param name="Path">The certificate's file.</param>
/// <param name="KeyPath">The file of its key, in PEM; null when the certificate's file holds it.</param>
/// <param name="PasswordFrom">
/// Where the password of the key or the PFX is: <c>file:/run/secrets/password</c>, of which the first line counts, or <c>env:NAME</c>;
/// null for none.
/// </param>
public sealed record TlsCertificate(string Path, string? KeyPath = null, string? PasswordFrom = null);
