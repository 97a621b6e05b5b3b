namespace WsActors.Settings;

/// <summary>The settings of a connection to a server.</summary>
internal static class ClientSettings
{
    private static readonly SettingTable<ClientTlsOptions> Tls = new()
    {
        {
            "client.tls.ca", TextKind.File, static o => o.Ca, static (o, v) => o with { Ca = v },
            "PEM of the only authorities that may sign a server's certificate; empty trusts those of the system."
        },
        {
            "client.tls.certificate", CertificateKind.Instance, static o => o.Certificate, static (o, v) => o with { Certificate = v },
            "The certificate for servers that ask for one."
        },
        { "client.tls.key", "file", "As `tls.key`." },
        { "client.tls.password", "`file:` or `env:`", "As `tls.password`." },
        {
            "client.tls.min-version", EndpointSettings.TlsVersions, static o => o.MinVersion, static (o, v) => o with { MinVersion = v },
            "The oldest version that is spoken; past it `Ws.ConnectFailed`."
        },
    };

    private static readonly SettingTable<ReconnectOptions> Reconnect = new()
    {
        {
            "client.reconnect.enabled", SwitchKind.Instance, static o => o.Enabled, static (o, v) => o with { Enabled = v },
            "Whether a client connects again by itself."
        },
        {
            "client.reconnect.min-backoff", DurationKind.Any, static o => o.MinBackoff, static (o, v) => o with { MinBackoff = v },
            "The first delay is a random part of this, each next one of twice as much."
        },
        {
            "client.reconnect.max-backoff", DurationKind.Any, static o => o.MaxBackoff, static (o, v) => o with { MaxBackoff = v },
            "The longest delay, also where the server asks for more."
        },
        {
            "client.reconnect.reset-after", DurationKind.Any, static o => o.ResetAfter, static (o, v) => o with { ResetAfter = v },
            "A connection that was open this long ends the doubling."
        },
    };

    private static readonly SettingTable<ClientSessionOptions> Session = new()
    {
        {
            "client.session.enabled", SwitchKind.Instance, static o => o.Enabled, static (o, v) => o with { Enabled = v },
            "Whether a client's connection is a session that outlives its sockets."
        },
        {
            "client.session.max-unacknowledged-size", new SizeKind(1),
            static o => o.MaxUnacknowledgedBytes, static (o, v) => o with { MaxUnacknowledgedBytes = v },
            "Most bytes that the server has not acknowledged; past it `Ws.SendFailed`, `QueueFull`."
        },
        {
            "client.session.max-unacknowledged-messages", new CountKind(1),
            static o => o.MaxUnacknowledgedMessages, static (o, v) => o with { MaxUnacknowledgedMessages = v },
            "Most such messages; past it the same."
        },
    };

    /// <summary>The settings that only clients have.</summary>
    public static SettingTable<ClientOptions> Own { get; } = new()
    {
        {
            "client.connect-timeout", DurationKind.Any, static o => o.ConnectTimeout, static (o, v) => o with { ConnectTimeout = v },
            "From the lookup of the name to the socket; past it `Ws.ConnectFailed`."
        },
        { Tls, static o => o.Tls, static (o, v) => o with { Tls = v } },
        { Reconnect, static o => o.Reconnect, static (o, v) => o with { Reconnect = v } },
        { Session, static o => o.Session, static (o, v) => o with { Session = v } },
    };

    /// <summary>The settings of a connection, then those that only clients have.</summary>
    public static SettingTable<ClientOptions> Table { get; } = new()
    {
        { ConnectionSettings.Table, static o => o, static (_, v) => (ClientOptions)v },
        { Own, static o => o, static (_, v) => v },
    };
}
