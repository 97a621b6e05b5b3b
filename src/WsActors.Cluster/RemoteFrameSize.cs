using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace WsActors.Cluster;

/// <summary>
/// The largest size of a message between nodes. Akka drops a larger one and logs it at the sender, so the size must be larger than any
/// message that a WebSocket can receive.
/// </summary>
internal static class RemoteFrameSize
{
    public const string Key = "akka.remote.dot-netty.tcp.maximum-frame-size";

    /// <summary>
    /// The bytes of a message in addition to its payload: sender, receiver, ack, topic, and the headers in <c>Opened</c>.
    /// </summary>
    public const int EnvelopeBytes = 128 * 1024;

    /// <summary>
    /// The smallest frame size that is set: one message between nodes holds many topics and presence entries. A limit takes no memory by
    /// itself.
    /// </summary>
    public const int MinBytes = 16 * 1024 * 1024;

    private const string MessageKey = "ws-actors.message.max-size";

    /// <summary>The frame size for the largest message of these settings.</summary>
    public static Config For(Config config) => ConfigurationFactory.ParseString($"{Key} = {BytesFor(config)}B");

    /// <summary>The frame size for settings that are not complete yet: it is computed when it is read.</summary>
    /// <param name="settings">The complete settings at that time.</param>
    public static Config For(Func<Config> settings)
    {
        var config = ConfigurationFactory.ParseString($"{Key} = 0");
        config.GetValue(Key).NewValue(new LazyHoconValue(() => BytesFor(settings())));
        return config;
    }

    /// <summary>Checks that a message of an endpoint fits into a frame.</summary>
    /// <exception cref="ConfigurationException">The largest message of the endpoint does not fit.</exception>
    public static void Check(Config config, int maxMessageBytes)
    {
        var (size, needed) = (config.GetByteSize(Key, null) ?? 0, Needed(maxMessageBytes));
        if (size < needed)
        {
            throw new ConfigurationException(
                $"{Key} = {size} is too small for {MessageKey} = {maxMessageBytes}, whose messages would be lost between nodes: "
                + $"set it to at least {needed}B, or set the message size in HOCON, where it is known before the node starts.");
        }
    }

    private static long BytesFor(Config config) => Math.Max(MinBytes, Needed(config.GetByteSize(MessageKey, null) ?? 0));

    private static long Needed(long maxMessageBytes) => maxMessageBytes + EnvelopeBytes;

    private sealed class LazyHoconValue(Func<long> value) : IHoconElement
    {
        public bool IsString() => true;

        public string GetString() => string.Create(CultureInfo.InvariantCulture, $"{value()}B");

        public bool IsArray() => false;

        public IList<HoconValue> GetArray() => throw new NotSupportedException($"{Key} is a size.");
    }
}
