using System.Globalization;
using System.IO.Compression;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Sessions;
using WsActors.Topics;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>The settings of <c>ws-actors</c> in HOCON: those of the manager, and the defaults of every endpoint's options.</summary>
internal sealed record ManagerSettings
{
    public required string Transport { get; init; }

    public required TimeSpan Tick { get; init; }

    public required int MaxConnections { get; init; }

    public required int? MaxConnectionsPerAddress { get; init; }

    public required int MaxHandshakes { get; init; }

    /// <summary>Descriptors that are left to the rest of the process.</summary>
    public required int ReservedDescriptors { get; init; }

    /// <summary>The number of sockets that descriptors allow.</summary>
    public SocketLimit SocketLimit { get; init; } = SocketLimit.None;

    public required int? MaxHandshakesPerAddress { get; init; }

    public required TimeSpan RetryAfter { get; init; }

    public required int MaxRefusalsLoggedPerMinute { get; init; }

    public required DrainSettings Drain { get; init; }

    public required TopicSettings Topics { get; init; }

    public required SessionSettings Sessions { get; init; }

    public required EndpointOptions Endpoint { get; init; }

    /// <exception cref="ConfigurationException">A key is missing or out of range; the sentence names it and its value.</exception>
    public static ManagerSettings From(Config config)
    {
        var read = new ConfigReader(config.GetConfig("ws-actors"));
        return new ManagerSettings
        {
            Transport = read.OneOf("transport", ByteSources.AkkaIo, ByteSources.OurSockets),
            Tick = read.Duration("tick", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5)),
            MaxConnections = read.Count("connections.max", 1),
            MaxConnectionsPerAddress = read.CountOrOff("connections.max-per-address"),
            MaxHandshakes = read.Count("connections.max-handshakes", 1),
            ReservedDescriptors = read.Count("connections.reserved-descriptors", 0),
            MaxHandshakesPerAddress = read.CountOrOff("connections.max-handshakes-per-address"),
            RetryAfter = read.Duration("connections.retry-after", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            MaxRefusalsLoggedPerMinute = read.Count("log.max-refusals-a-minute", 0),
            Drain = new DrainSettings(
                read.DurationOrOff("drain.lead") ?? TimeSpan.Zero,
                read.DurationOrOff("drain.spread") ?? TimeSpan.Zero,
                read.Duration("drain.deadline"),
                int.Parse(read.OneOf("drain.close-code", "1012", "1001"), CultureInfo.InvariantCulture)).Checked(),
            Topics = new TopicSettings(
                read.Size("topics.max-name-size", 1),
                read.Count("topics.max-per-connection", 1),
                read.Size("topics.max-presence-size", 0),
                read.Size("topics.max-queued-size", 1)),
            Sessions = new SessionSettings
            {
                MaxLogBytes = read.Size("sessions.log.max-size", 1),
                MaxLogMessages = read.Count("sessions.log.max-messages", 1),
                MaxLogAge = read.Duration("sessions.log.max-age"),
                MaxUserLogBytes = read.Size("sessions.max-user-log-size", 1),
                MaxTotalLogBytes = read.Size("sessions.max-total-log-size", 1),
                Max = read.Count("sessions.max", 1),
                MaxAnonymous = read.Count("sessions.max-anonymous", 1),
                MaxPerAddress = read.CountOrOff("sessions.max-per-address") ?? int.MaxValue,
                MaxRequestBytes = read.Size("sessions.max-request-size", 256),
                MaxPerUser = read.Count("sessions.max-per-user", 1),
                Retention = read.Duration("sessions.retention"),
                HelloTimeout = read.Duration("sessions.hello-timeout"),
                AckTimeout = read.Duration("sessions.ack-timeout"),
                WindowBytes = read.Size("sessions.window", 1),
                MaxPublishers = read.Count("sessions.max-publishers", 1),
                Role = read.WordOrNone("sessions.role"),
            },
            Endpoint = new EndpointOptions
            {
                HandshakeTimeout = read.Duration("handshake.timeout"),
                GuardTimeout = read.Duration("handshake.guard-timeout"),
                MaxGuards = read.Count("handshake.max-guards", 1),
                MaxWaitingGuards = read.Count("handshake.max-waiting-guards", 0),
                Request = new RequestLimits(
                    read.Size("handshake.max-request-line", 16),
                    read.Size("handshake.max-header-bytes", 64),
                    read.Count("handshake.max-headers", 1)),
                CheckOrigin = read.Switch("origin.check"),
                AllowedOrigins = read.List("origin.allowed"),
                AllowedHosts = read.List("origin.hosts"),
                TrustedProxies = read.List("trusted-proxies"),
                ForwardedHeaders = read.OneOf("forwarded-headers", "any", "x-forwarded", "forwarded") switch
                {
                    "x-forwarded" => ForwardedHeadersMode.XForwarded,
                    "forwarded" => ForwardedHeadersMode.Forwarded,
                    _ => ForwardedHeadersMode.Any,
                },
                Message = new MessageLimits(
                    read.Size("message.max-size", 1),
                    read.Count("message.max-fragments", 1),
                    read.IsOff("compression.max-ratio") ? int.MaxValue : read.Count("compression.max-ratio", 1)),
                Compression = new CompressionOptions
                {
                    Mode = read.OneOf<MessageCompression>("compression.mode"),
                    ThresholdBytes = read.Size("compression.threshold", 0),
                    Level = read.OneOf("compression.level", "fastest", "optimal") == "optimal" ? CompressionLevel.Optimal : CompressionLevel.Fastest,
                },
                MaxAcceptsPerSecond = read.CountOrOff("rate.max-accepts"),
                MaxMessagesPerSecond = read.CountOrOff("rate.max-messages"),
                MaxBytesPerSecond = read.IsOff("rate.max-bytes") ? null : read.Size("rate.max-bytes", 1),
                MaxQueuedBytes = read.Size("send-queue.max-size", 1),
                QueueGrace = read.Duration("send-queue.grace"),
                PauseReadingAboveBytes = read.Size("send-queue.pause-reading-above", 1),
                CongestedAboveBytes = read.Size("send-queue.congested-above", 1),
                WritableBelowBytes = read.Size("send-queue.writable-below", 0),
                PingInterval = read.DurationOrOff("keep-alive.ping-interval"),
                PongTimeout = read.Duration("keep-alive.pong-timeout"),
                IdleTimeout = read.DurationOrOff("keep-alive.idle-timeout"),
                PartialFrameTimeout = read.Duration("progress.partial-frame-timeout"),
                PartialMessageTimeout = read.DurationOrOff("progress.partial-message-timeout"),
                WriteTimeout = read.Duration("progress.write-timeout"),
                MinBytesPerSecond = read.Size("progress.min-rate", 0),
                CloseTimeout = read.Duration("close-timeout"),
                MaxHandlerRestarts = read.Count("handler.max-restarts", 0),
                HandlerRestartWindow = read.Duration("handler.restart-window"),
                Tls = TlsOptions.From(read),
                UnixPermissions = read.Permissions("unix.permissions"),
            },
        };
    }

    /// <summary>Reads keys of one kind each, so that every error is one sentence of one form.</summary>
    /// <param name="config">What it reads.</param>
    /// <param name="root">Where that is, for people.</param>
    internal sealed class ConfigReader(Config config, string root = "ws-actors")
    {
        private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

        public string Text(string key) => config.GetString(key) ?? throw Wrong(key, "a word");

        /// <summary>Null where it is empty, or not there.</summary>
        public string? TextOrNone(string key) => config.GetString(key) is { Length: > 0 } text ? text : null;

        /// <inheritdoc cref="TextOrNone"/>
        public string? WordOrNone(string key) =>
            TextOrNone(key) is { } text && text.Any(char.IsWhiteSpace) ? throw Wrong(key, "one word, or empty") : TextOrNone(key);

        /// <summary>A list of sections, each with some of these keys.</summary>
        public IEnumerable<ConfigReader> Sections(string key, params string[] known)
        {
            var expected = $"a list of sections, each with some of: {string.Join(", ", known)}";
            var sections = config.GetString(key) is null ? Try(key, expected, () => config.GetValue(key)?.GetArray() ?? []) : throw Wrong(key, expected);
            return sections.Select((section, i) =>
                section.IsObject() && section.GetObject().Items.Keys.All(known.Contains)
                    ? new ConfigReader(new Config(new HoconRoot(section)), $"{root}.{key}[{i}]")
                    : throw Wrong(key, expected)).ToList();
        }

        /// <summary>As <c>chmod</c> has them.</summary>
        public UnixFileMode Permissions(string key) =>
            Text(key) is { Length: 3 } digits && digits.All(static digit => digit is >= '0' and <= '7')
                ? (UnixFileMode)Convert.ToInt32(digits, 8)
                : throw Wrong(key, "three octal digits, such as 660");

        public string OneOf(string key, params string[] words) =>
            words.Contains(Text(key)) ? Text(key) : throw Wrong(key, "one of: " + string.Join(", ", words));

        /// <summary>One of the names of an enumeration, in small letters.</summary>
        public T OneOf<T>(string key)
            where T : struct, Enum =>
            Enum.Parse<T>(OneOf(key, [.. Enum.GetNames<T>().Select(static name => name.ToLowerInvariant())]), ignoreCase: true);

        public bool IsOff(string key) => config.GetString(key) is "off";

        public bool Switch(string key) => Text(key) switch
        {
            "on" or "true" or "yes" => true,
            "off" or "false" or "no" => false,
            _ => throw Wrong(key, "on or off"),
        };

        public string[] List(string key)
        {
            const string Expected = "a list of strings, such as [\"one\", \"two\"]";
            if (config.GetString(key) is not null)
            {
                throw Wrong(key, Expected);
            }

            // HOCON reads "null" as no value, even in quotes; here it is the name of an origin.
            return [.. Try(key, Expected, () => config.GetStringList(key)).Select(static text => text ?? "null")];
        }

        public int Count(string key, int min) =>
            int.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= min
                ? count
                : throw Wrong(key, $"a whole number from {min} to {int.MaxValue}");

        public int? CountOrOff(string key) => IsOff(key) ? null : Count(key, 1);

        public int Size(string key, int min)
        {
            const int Max = 2047 * 1024 * 1024;
            var expected = $"a size from {min}B to 2047MiB, such as 64KiB";
            var bytes = Try(key, expected, () => config.GetByteSize(key));
            return bytes is { } size && size >= min && size <= Max ? (int)size : throw Wrong(key, expected);
        }

        public TimeSpan Duration(string key) => Duration(key, Shortest, EndpointOptions.Longest);

        public TimeSpan? DurationOrOff(string key) => IsOff(key) ? null : Duration(key);

        public TimeSpan Duration(string key, TimeSpan min, TimeSpan max)
        {
            var expected = $"a duration from {Written(min)} to {Written(max)}, such as 500ms or 5s";
            var duration = Try(key, expected, () => config.GetTimeSpan(key, allowInfinite: false));
            return duration >= min && duration <= max ? duration : throw Wrong(key, expected);
        }

        private static string Written(TimeSpan time) => time switch
        {
            { TotalDays: >= 1 } => $"{time.TotalDays}d",
            { TotalSeconds: >= 1 } => $"{time.TotalSeconds}s",
            _ => $"{time.TotalMilliseconds}ms",
        };

        private T Try<T>(string key, string expected, Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e is FormatException or OverflowException or ConfigurationException)
            {
                throw Wrong(key, expected);
            }
        }

        private string Shown(string key) => config.GetValue(key) is not { } value ? "(missing)" : value.IsString() ? value.GetString() : "(no word)";

        internal ConfigurationException Wrong(string key, string expected) =>
            new($"{root}.{key} = {Shown(key)} is not usable: it must be {expected}.");
    }
}
