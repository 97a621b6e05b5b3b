using Akka.Configuration;

namespace WsActors.Settings;

/// <summary>The settings of a whole actor system, and the options that its HOCON gives every endpoint.</summary>
internal sealed record ManagerSettings
{
    /// <summary>The settings of the system, without the options of its endpoints and clients.</summary>
    public static SettingTable<ManagerSettings> Table { get; } = new()
    {
        {
            "transport",
            new WordKind<string>((TransportNames.AkkaIo, TransportNames.AkkaIo), (TransportNames.Sockets, TransportNames.Sockets)),
            static s => s.Transport, static (s, v) => s with { Transport = v },
            "The byte source that listens; `wss://` and `ws+unix://` need `sockets`."
        },
        { "mailbox.mailbox-type", "type", "The mailbox of connections and of the handlers made for them." },
        {
            "tick", new DurationKind(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5)),
            static s => s.Tick, static (s, v) => s with { Tick = v },
            "The interval at which deadlines are checked."
        },
        {
            "thread-pool.max-added-threads", new OffKind<int>(new CountKind(1)),
            static s => s.MaxAddedThreads, static (s, v) => s with { MaxAddedThreads = v },
            "Most threads added to .NET's thread pool while handlers block its threads."
        },
        {
            "connections.max", new CountKind(1), static s => s.MaxConnections, static (s, v) => s with { MaxConnections = v },
            "Most open WebSockets of the system; past it 503."
        },
        {
            "connections.max-per-address", new OffKind<int>(new CountKind(1)),
            static s => s.MaxConnectionsPerAddress, static (s, v) => s with { MaxConnectionsPerAddress = v },
            "Most of them from one address, or IPv6 /64; past it 503."
        },
        {
            "connections.max-handshakes", new CountKind(1), static s => s.MaxHandshakes, static (s, v) => s with { MaxHandshakes = v },
            "Most sockets whose request is not complete; past it a reset."
        },
        {
            "connections.max-handshakes-per-address", new OffKind<int>(new CountKind(1)),
            static s => s.MaxHandshakesPerAddress, static (s, v) => s with { MaxHandshakesPerAddress = v },
            "Most of them from one address, or IPv6 /64; past it 503 or a reset."
        },
        {
            "connections.reserved-descriptors", new CountKind(0),
            static s => s.ReservedDescriptors, static (s, v) => s with { ReservedDescriptors = v },
            "Open files left to the rest of the process (Linux); past those for sockets, the longest wait for a request is reset."
        },
        {
            "connections.retry-after", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            static s => s.RetryAfter, static (s, v) => s with { RetryAfter = v },
            "The `Retry-After` of a 503, in whole seconds."
        },
        {
            "log.max-refusals-a-minute", new CountKind(0),
            static s => s.MaxRefusalsLoggedPerMinute, static (s, v) => s with { MaxRefusalsLoggedPerMinute = v },
            "Most refused handshakes that are logged in a minute; past it they are counted in one line."
        },
        {
            "admin.allow-tap", SwitchKind.Instance, static s => s.AllowTap, static (s, v) => s with { AllowTap = v },
            "Whether operators may see the frames and events of single connections."
        },
        { DrainSettings.Table, static s => s.Drain, static (s, v) => s with { Drain = v } },
        { TopicSettings.Table, static s => s.Topics, static (s, v) => s with { Topics = v } },
        { SessionSettings.Table, static s => s.Sessions, static (s, v) => s with { Sessions = v } },
    };

    public string Transport { get; init; } = "";

    public TimeSpan Tick { get; init; }

    /// <summary>Null: no threads are added.</summary>
    public int? MaxAddedThreads { get; init; }

    public int MaxConnections { get; init; }

    public int? MaxConnectionsPerAddress { get; init; }

    public int MaxHandshakes { get; init; }

    /// <summary>Descriptors that are left to the rest of the process.</summary>
    public int ReservedDescriptors { get; init; }

    /// <summary>Most accepted sockets at once: as many as descriptors allow. Not a setting.</summary>
    public int MaxSockets { get; init; } = int.MaxValue;

    /// <summary>The first descriptor that no accepted socket may have. Not a setting.</summary>
    public nint DescriptorsEnd { get; init; } = nint.MaxValue;

    public int? MaxHandshakesPerAddress { get; init; }

    public TimeSpan RetryAfter { get; init; }

    public int MaxRefusalsLoggedPerMinute { get; init; }

    /// <summary>Whether <see cref="Ws.Tap"/> is answered.</summary>
    public bool AllowTap { get; init; }

    public DrainSettings Drain { get; init; } = new();

    public TopicSettings Topics { get; init; } = new();

    public SessionSettings Sessions { get; init; } = new();

    public required EndpointOptions Endpoint { get; init; }

    /// <exception cref="ConfigurationException">A key is missing or out of range; the sentence names it and its value.</exception>
    public static ManagerSettings FromConfig(Config config)
    {
        var settings = Table.Read(ConfigReader.FromConfig(config), new ManagerSettings { Endpoint = EndpointOptions.FromConfig(config) });
        settings.Drain.Check();
        settings.Endpoint.Tls.Checked();
        return settings;
    }
}
