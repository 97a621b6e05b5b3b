using System.Runtime.CompilerServices;

namespace WsActors.Protocol.Messages;

/// <summary>The limits of one received message. Immutable; one value serves any number of connections.</summary>
public sealed record MessageLimits
{
    /// <summary>
    /// The largest payload of a message, all fragments together. A larger one is a violation with 1009. At least 1 and at most
    /// <see cref="Array.MaxLength"/>; 1 MiB by default.
    /// </summary>
    public int MaxMessageBytes { get; init => field = InRange(value, Array.MaxLength); } = 1024 * 1024;

    /// <summary>
    /// The largest number of frames of a message, empty ones included. One more is a violation with 1008. At least 1; 16,384 by default.
    /// </summary>
    public int MaxFragments { get; init => field = InRange(value, int.MaxValue); } = 16_384;

    /// <summary>
    /// The inflated bytes that each compressed byte allows, beyond the first 64 KiB. More is a violation with 1009. At least 1; 100 by
    /// default.
    /// </summary>
    public int MaxInflateRatio { get; init => field = InRange(value, int.MaxValue); } = 100;

    /// <summary>
    /// Null: messages are reported whole. Otherwise they are reported in chunks of at most this size; a chunk lies within one frame and
    /// splits no character of a text. The parser then holds one chunk at most, and a message may have any length and number of fragments.
    /// At least 16.
    /// </summary>
    public int? MaxChunkBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? MinChunkBytes, MinChunkBytes);
            field = value is null ? null : InRange(value.Value, Array.MaxLength);
        }
    }

    internal bool IsChunked => MaxChunkBytes is not null;

    /// <summary>The largest number of payload bytes that the parser holds.</summary>
    internal int MaxHeldBytes => MaxChunkBytes ?? MaxMessageBytes;

    /// <summary>Holds four characters of four bytes, the longest in UTF-8.</summary>
    private const int MinChunkBytes = 16;

    private static int InRange(int value, int max, [CallerMemberName] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max, name);
        return value;
    }
}
