using WsActors.Protocol.Messages;

namespace WsActors.Conformance.Tests.Server;

/// <summary>The options of a server that a case asks for.</summary>
internal sealed record EchoOptions(MessageLimits Limits, MessageCompression Compression)
{
    /// <summary>As configuration, by the public keys.</summary>
    public string Hocon => $$"""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        ws-actors {
          message.max-size = {{Limits.MaxMessageBytes}}B
          message.max-fragments = {{Limits.MaxFragments}}
          compression { mode = {{Compression.ToString().ToLowerInvariant()}}, threshold = 0B }
          # A machine may be slow; nothing here is about deadlines.
          handshake.timeout = 60s
          keep-alive.ping-interval = off
          progress.partial-frame-timeout = 60s
          progress.write-timeout = 60s
          close-timeout = 60s
          drain { lead = off, spread = off }
        }
        """;
}
