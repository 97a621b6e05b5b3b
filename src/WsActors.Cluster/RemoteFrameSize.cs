using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace WsActors.Cluster;

/// <summary>
/// How large a message may be between nodes. Akka drops a larger one with a line in the log of its sender, so it has to be more than any
/// message that a WebSocket may bring.
/// </summary>
internal static class RemoteFrameSize
{
    public const string Key = "akka.remote.dot-netty.tcp.maximum-frame-size";

    /// <summary>The bytes of a message beside its payload: sender, receiver, ack, topic, and the headers in <c>Opened</c>.</summary>
    public const int EnvelopeBytes = 128 * 1024;

    /// <summary>
    /// What is set at least: nodes tell each other of many topics, and of many who are there, in one message. A limit takes no memory by itself.
    /// </summary>
    public const int LeastBytes = 16 * 1024 * 1024;

    private const string MessageKey = "ws-actors.message.max-size";

    /// <summary>The setting that carries the largest message of these settings.</summary>
    public static Config For(Config config) => ConfigurationFactory.ParseString($"{Key} = {BytesFor(config)}B");

    /// <summary>The same for settings that are not complete yet: it is worked out when it is read.</summary>
    /// <param name="settings">All that there are by then.</param>
    public static Config For(Func<Config> settings)
    {
        var config = ConfigurationFactory.ParseString($"{Key} = 0");
        config.GetValue(Key).NewValue(new LazyHoconValue(() => BytesFor(settings())));
        return config;
    }

    /// <exception cref="ConfigurationException">A message that an endpoint takes would not cross.</exception>
    public static void Check(Config config, int maxMessageBytes)
    {
        var (size, needed) = (config.GetByteSize(Key, null) ?? 0, Needed(maxMessageBytes));
        if (size < needed)
        {
            throw new ConfigurationException(
                $"{Key} = {size} is too small for {MessageKey} = {maxMessageBytes}, whose messages would be lost between nodes: set it to at least {needed}B, "
                + "or set the message size in HOCON, where it is known before the node starts.");
        }
    }

    private static long BytesFor(Config config) => Math.Max(LeastBytes, Needed(config.GetByteSize(MessageKey, null) ?? 0));

    private static long Needed(long maxMessageBytes) => maxMessageBytes + EnvelopeBytes;

    private sealed class LazyHoconValue(Func<long> value) : IHoconElement
    {
        public bool IsString() => true;

        public string GetString() => string.Create(CultureInfo.InvariantCulture, $"{value()}B");

        public bool IsArray() => false;

        public IList<HoconValue> GetArray() => throw new NotSupportedException($"{Key} is a size.");
    }
}
