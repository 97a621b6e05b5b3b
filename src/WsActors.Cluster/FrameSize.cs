using Akka.Configuration;

namespace WsActors.Cluster;

/// <summary>
/// How large a message may be between nodes. Akka drops a larger one with a line in the log of its sender, so it has to be more than any
/// message that a WebSocket may bring.
/// </summary>
internal static class FrameSize
{
    public const string Key = "akka.remote.dot-netty.tcp.maximum-frame-size";

    /// <summary>What a message has beside its payload: who sent it to whom, an ack, a topic; of an opened connection, its headers.</summary>
    public const int EnvelopeBytes = 128 * 1024;

    /// <summary>
    /// What is set at least: nodes tell each other of many topics, and of many who are there, in one message. A limit takes no memory by itself.
    /// </summary>
    public const int LeastBytes = 16 * 1024 * 1024;

    private const string MessageKey = "ws-actors.message.max-size";

    /// <summary>The setting that carries the largest message of these settings.</summary>
    public static Config For(Config config) => ConfigurationFactory.ParseString($"{Key} = {Math.Max(LeastBytes, Needed(config.GetByteSize(MessageKey, null) ?? 0))}B");

    /// <exception cref="ConfigurationException">A message that an endpoint takes would not cross.</exception>
    public static void Check(Config config, int maxMessageBytes)
    {
        var (size, needed) = (config.GetByteSize(Key, null) ?? 0, Needed(maxMessageBytes));
        if (size < needed)
        {
            throw new ConfigurationException(
                $"{Key} = {size} is too small for {MessageKey} = {maxMessageBytes}, whose messages would be lost between nodes: set it to at least {needed}B, "
                + "or call WithWebSocketCluster after everything that sets the message size.");
        }
    }

    private static long Needed(long maxMessageBytes) => maxMessageBytes + EnvelopeBytes;
}
