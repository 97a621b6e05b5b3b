using WsActors.Protocol.Messages;
using WsActors.Settings;

namespace WsActors;

/// <summary>The sizes of a message that comes in: <c>ws-actors.message</c>. A new instance has the defaults.</summary>
public sealed record MessageOptions
{
    /// <summary>The defaults.</summary>
    public MessageOptions()
        : this(Defaults.Endpoint.Message)
    {
    }

    internal MessageOptions(Unset _)
    {
    }

    /// <summary>Longest message, all its fragments together; past it 1009.</summary>
    public int MaxBytes { get; init; }

    /// <summary>Most fragments of a message, empty ones included; past it 1008.</summary>
    public int MaxFragments { get; init; }

    internal MessageLimits LimitsWith(CompressionOptions compression) => new()
    {
        MaxMessageBytes = MaxBytes,
        MaxFragments = MaxFragments,
        MaxInflateRatio = compression.MaxRatio ?? int.MaxValue,
    };
}
