using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The restarts of a failing handler, while its connection lives on: <c>ws-actors.handler</c>. A new instance has the defaults.
/// </summary>
public sealed record HandlerOptions
{
    /// <summary>The defaults.</summary>
    public HandlerOptions()
        : this(Defaults.Endpoint.Handler)
    {
    }

    internal HandlerOptions(Unset _)
    {
    }

    /// <summary>Most restarts within <see cref="RestartWindow"/>; the next failure closes the connection with 1011.</summary>
    public int MaxRestarts { get; init; }

    /// <summary>See <see cref="MaxRestarts"/>.</summary>
    public TimeSpan RestartWindow { get; init; }
}
