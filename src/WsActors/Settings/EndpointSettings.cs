namespace WsActors.Settings;

/// <summary>The settings of a listening endpoint.</summary>
internal static class EndpointSettings
{
    private static readonly SettingTable<GuardOptions> Guard = new()
    {
        {
            "guard.timeout", DurationKind.Any, static o => o.Timeout, static (o, v) => o with { Timeout = v },
            "The time of a guard or delegate, within `handshake.timeout`; past it 503."
        },
        {
            "guard.max-running", new CountKind(1), static o => o.MaxRunning, static (o, v) => o with { MaxRunning = v },
            "Most guards and delegates of one route that run at a time; past it they wait."
        },
        {
            "guard.max-waiting", new CountKind(0), static o => o.MaxWaiting, static (o, v) => o with { MaxWaiting = v },
            "Most requests of one route that wait for them; past it 503."
        },
    };

    private static readonly SettingTable<AuthOptions> Auth = new()
    {
        {
            "auth.expiry-warning", new OffKind<TimeSpan>(DurationKind.Any),
            static o => o.ExpiryWarning, static (o, v) => o with { ExpiryWarning = v },
            "The handler is told `Ws.Expiring` this long before its connection is closed with 4401."
        },
    };

    private static readonly SettingTable<OriginOptions> Origin = new()
    {
        {
            "origin.check", SwitchKind.Instance, static o => o.Check, static (o, v) => o with { Check = v },
            "The check of a page's `Origin`; `off` lets every page of the web in."
        },
        {
            "origin.allowed", ListKind.Instance, static o => o.Allowed, static (o, v) => o with { Allowed = v },
            "Origins beside the server's own; a page of another is answered 403."
        },
        {
            "origin.hosts", ListKind.Instance, static o => o.Hosts, static (o, v) => o with { Hosts = v },
            "Names by which browsers may know the server; past them 403. Empty is any, but on loopback the names of loopback."
        },
    };

    private static readonly SettingTable<TlsOptions> Tls = new()
    {
        {
            "tls.certificate", CertificateKind.Instance, static o => o.Certificate, static (o, v) => o with { Certificate = v },
            "PEM or PFX; needed where an endpoint is at `wss://`."
        },
        { "tls.key", "file", "The private key in PEM, if the certificate's file does not hold it." },
        { "tls.password", "`file:` or `env:`", "Where the password of the key or the PFX is." },
        {
            "tls.others", CertificateListKind.Instance, static o => o.Others, static (o, v) => o with { Others = v },
            "Further certificates; a client is shown the first that has the name it asks for."
        },
        {
            "tls.min-version", TlsVersions, static o => o.MinVersion, static (o, v) => o with { MinVersion = v },
            "The oldest version that is spoken; older ones are closed."
        },
        {
            "tls.client-certificates",
            new WordKind<ClientCertificateMode>(
                ("none", ClientCertificateMode.None), ("request", ClientCertificateMode.Request),
                ("require", ClientCertificateMode.Require)),
            static o => o.ClientCertificates, static (o, v) => o with { ClientCertificates = v },
            "Whether clients are asked for a certificate; one that is not good is closed."
        },
        {
            "tls.client-ca", TextKind.File, static o => o.ClientCa, static (o, v) => o with { ClientCa = v },
            "PEM of the authorities that may sign the certificates of clients."
        },
        {
            "tls.reload-interval", new OffKind<TimeSpan>(DurationKind.Any),
            static o => o.ReloadInterval, static (o, v) => o with { ReloadInterval = v },
            "The interval at which the files are read again."
        },
    };

    /// <summary>Versions of TLS, as HOCON names them.</summary>
    public static WordKind<TlsVersion> TlsVersions => new(("1.2", TlsVersion.Tls12), ("1.3", TlsVersion.Tls13));

    /// <summary>The settings that only endpoints have.</summary>
    public static SettingTable<EndpointOptions> Own { get; } = new()
    {
        { Guard, static o => o.Guard, static (o, v) => o with { Guard = v } },
        { Auth, static o => o.Auth, static (o, v) => o with { Auth = v } },
        { Origin, static o => o.Origin, static (o, v) => o with { Origin = v } },
        {
            "trusted-proxies", ListKind.Instance, static o => o.TrustedProxies, static (o, v) => o with { TrustedProxies = v },
            "Addresses, networks or `unix`: the proxies whose forwarding headers are believed."
        },
        {
            "forwarded-headers",
            new WordKind<ForwardedHeadersMode>(
                ("any", ForwardedHeadersMode.Any), ("x-forwarded", ForwardedHeadersMode.XForwarded),
                ("forwarded", ForwardedHeadersMode.Forwarded)),
            static o => o.ForwardedHeaders, static (o, v) => o with { ForwardedHeaders = v },
            "The headers that trusted proxies write; with `any` 400 where both kinds come and differ."
        },
        {
            "max-accepts-per-second", new OffKind<int>(new CountKind(1)),
            static o => o.MaxAcceptsPerSecond, static (o, v) => o with { MaxAcceptsPerSecond = v },
            "Most sockets that one endpoint accepts in a second; past it 503 or a reset."
        },
        { Tls, static o => o.Tls, static (o, v) => o with { Tls = v } },
        {
            "unix-permissions", PermissionsKind.Instance, static o => o.UnixPermissions, static (o, v) => o with { UnixPermissions = v },
            "The permissions of the file of an endpoint at `ws+unix://`."
        },
    };

    /// <summary>The settings of a connection, then those that only endpoints have.</summary>
    public static SettingTable<EndpointOptions> Table { get; } = new()
    {
        { ConnectionSettings.Table, static o => o, static (_, v) => (EndpointOptions)v },
        { Own, static o => o, static (_, v) => v },
    };
}
