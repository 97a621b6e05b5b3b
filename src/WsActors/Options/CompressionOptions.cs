using System.IO.Compression;
using WsActors.Protocol.Compression;
using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The compression of messages by permessage-deflate (RFC 7692): <c>ws-actors.compression</c>. A new instance has the defaults.
/// </summary>
public sealed record CompressionOptions
{
    /// <summary>The defaults.</summary>
    public CompressionOptions()
        : this(Defaults.Endpoint.Compression)
    {
    }

    internal CompressionOptions(Unset _)
    {
    }

    /// <summary>Whether messages are compressed, and the memory that a connection holds for it.</summary>
    public MessageCompression Mode { get; init; }

    /// <summary>Shorter messages are sent uncompressed, unless <see cref="Ws.Send.Compress"/> says otherwise. In bytes.</summary>
    public int ThresholdBytes { get; init; }

    /// <summary>The compression level: <see cref="CompressionLevel.Fastest"/> or <see cref="CompressionLevel.Optimal"/>.</summary>
    public CompressionLevel Level { get; init; }

    /// <summary>
    /// Bytes that a message may inflate to, for each that came, beyond the first 64 KiB; past it 1009. DEFLATE reaches 1032 at most.
    /// Null is off.
    /// </summary>
    public int? MaxRatio { get; init; }

    /// <summary>The options of the negotiation; null where compression is off.</summary>
    internal DeflateOptions? Wanted =>
        Mode == MessageCompression.Off ? null : new DeflateOptions(KeepsContext: Mode == MessageCompression.Dedicated);
}
