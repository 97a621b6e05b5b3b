using System.IO.Compression;
using WsActors.Protocol.Compression;

namespace WsActors;

/// <summary>Whether messages are compressed where the client can (RFC 7692), and what a connection holds for it.</summary>
public enum MessageCompression
{
    /// <summary>Nothing is agreed on.</summary>
    Off,

    /// <summary>Each message is compressed for itself: a connection holds nothing between messages.</summary>
    Shared,

    /// <summary>
    /// Messages may refer to those before them: far shorter where they resemble each other, for memory as long as it lives.
    /// </summary>
    Dedicated,
}

/// <summary>The compression of messages. Made from <c>ws-actors.compression</c> in HOCON, where the defaults are. Immutable.</summary>
public sealed record CompressionOptions
{
    /// <summary>Whether, and what is held for it.</summary>
    public required MessageCompression Mode { get; init; }

    /// <summary>Messages shorter than this leave as they are, unless <see cref="Ws.Send.Compress"/> says otherwise. In bytes.</summary>
    public required int ThresholdBytes { get; init; }

    /// <summary>The compression level.</summary>
    public required CompressionLevel Level { get; init; }

    /// <summary>The options of the negotiation; null where compression is off.</summary>
    internal DeflateOptions? Wanted => Mode == MessageCompression.Off ? null : new DeflateOptions(KeepsContext: Mode == MessageCompression.Dedicated);
}
