using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The deadlines of a frame, a message or a write that has begun: <c>ws-actors.progress</c>. A new instance has the defaults.
/// </summary>
public sealed record ProgressOptions
{
    /// <summary>The defaults.</summary>
    public ProgressOptions()
        : this(Defaults.Endpoint.Progress)
    {
    }

    internal ProgressOptions(Unset _)
    {
    }

    /// <summary>A frame that has begun must make <see cref="MinBytesPerSecond"/> over this time; past it 1008.</summary>
    public TimeSpan PartialFrameTimeout { get; init; }

    /// <summary>
    /// A message that has begun must make <see cref="MinBytesPerSecond"/> over this time, control frames not counted; past it 1008. Null is
    /// off.
    /// </summary>
    public TimeSpan? PartialMessageTimeout { get; init; }

    /// <summary>The longest time that the kernel may not take a write; past it the socket is reset.</summary>
    public TimeSpan WriteTimeout { get; init; }

    /// <summary>Below this rate a frame or message that has begun makes no progress.</summary>
    public int MinBytesPerSecond { get; init; }
}
