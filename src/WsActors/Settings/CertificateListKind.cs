namespace WsActors.Settings;

/// <summary>A list of certificates: <c>[{ certificate = …, key = …, password = … }]</c>.</summary>
internal sealed class CertificateListKind : ValueKind<IReadOnlyList<TlsCertificate>>
{
    public static CertificateListKind Instance { get; } = new();

    public override string Name => "list of sections";

    public override string Range => "certificate, key, password";

    public override string Expected => "a list of certificates";

    /// <remarks>An error names the item, not the list.</remarks>
    public override IReadOnlyList<TlsCertificate> Read(ConfigReader config, string key) =>
        [.. config.Sections(key, "certificate", "key", "password").Select(static one =>
            CertificateKind.Instance.Read(one, "certificate") ?? throw one.NotUsable("certificate", "a file"))];

    internal override bool IsInRange(IReadOnlyList<TlsCertificate> value) => value is not null;

    protected internal override bool TryParse(ConfigReader config, string key, out IReadOnlyList<TlsCertificate> value)
    {
        value = Read(config, key);
        return true;
    }
}
