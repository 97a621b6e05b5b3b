namespace WsActors.Settings;

/// <summary>
/// A certificate's file with the keys <c>key</c> and <c>password</c> beside it; in code all three are one <see cref="TlsCertificate"/>, and
/// null where they are empty.
/// </summary>
internal sealed class CertificateKind : ValueKind<TlsCertificate?>
{
    public static CertificateKind Instance { get; } = new();

    public override string Name => "file";

    public override string Range => "";

    public override string Expected => "the file of the certificate to which the key or the password belongs";

    internal override bool IsInRange(TlsCertificate? value) => true;

    /// <param name="config">The section.</param>
    /// <param name="key">The path of the certificate's file, <c>tls.certificate</c>.</param>
    /// <param name="value">The certificate.</param>
    protected internal override bool TryParse(ConfigReader config, string key, out TlsCertificate? value)
    {
        var prefix = key[..^"certificate".Length];
        var (path, keyPath, password) =
            (config.TextOrNull(key), config.TextOrNull($"{prefix}key"), config.TextOrNull($"{prefix}password"));
        value = path is null ? null : new TlsCertificate { Path = path, KeyPath = keyPath, PasswordFrom = password };
        return path is not null || (keyPath is null && password is null);
    }
}
