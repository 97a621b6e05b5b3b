using System.Runtime.CompilerServices;

namespace WsActors.Protocol.Messages;

/// <summary>The limits of one message; past them its sender is refused. Immutable; one value serves any number of connections.</summary>
/// <param name="MaxMessageBytes">Payload of a message, all fragments together: a larger one is refused with 1009. 1 MiB by default.</param>
/// <param name="MaxFragments">Frames of a message, empty ones included: one more is refused with 1008. 16,384 by default.</param>
/// <param name="MaxInflateRatio">
/// Bytes that a compressed message may inflate to, for each that came, beyond the first 64 KiB: past it 1009. 100 by default.
/// </param>
public sealed record MessageLimits(int MaxMessageBytes = 1024 * 1024, int MaxFragments = 16_384, int MaxInflateRatio = 100)
{
    /// <summary>Payload of a message, all fragments together: at least 1 and at most <see cref="Array.MaxLength"/>.</summary>
    public int MaxMessageBytes { get; init => field = InRange(value, Array.MaxLength); } = InRange(MaxMessageBytes, Array.MaxLength);

    /// <summary>Frames of a message, empty ones included: at least 1.</summary>
    public int MaxFragments { get; init => field = InRange(value, int.MaxValue); } = InRange(MaxFragments, int.MaxValue);

    /// <summary>Bytes that a compressed message may inflate to, for each that came, beyond the first 64 KiB: at least 1.</summary>
    public int MaxInflateRatio { get; init => field = InRange(value, int.MaxValue); } = InRange(MaxInflateRatio, int.MaxValue);

    /// <summary>
    /// Null: messages are told whole. Otherwise in chunks of at most so many bytes, each within one frame and of a text whole characters.
    /// Then no more than a chunk is ever held, and a message may have any length and any number of fragments. At least 16.
    /// </summary>
    public int? MaxChunkBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? LeastChunkBytes, LeastChunkBytes);
            field = value is null ? null : InRange(value.Value, Array.MaxLength);
        }
    }

    internal bool IsChunked => MaxChunkBytes is not null;

    /// <summary>The most payload bytes that are held.</summary>
    internal int MostHeldBytes => MaxChunkBytes ?? MaxMessageBytes;

    /// <summary>Several characters of the longest kind.</summary>
    private const int LeastChunkBytes = 16;

    private static int InRange(int value, int most, [CallerMemberName] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
        return value;
    }
}
