using WsActors.Settings;

namespace WsActors;

/// <summary>Guards, delegates that make a handler's Props, and delegates that answer plain HTTP: <c>ws-actors.guard</c>.</summary>
public sealed record GuardOptions
{
    /// <summary>The defaults.</summary>
    public GuardOptions()
        : this(Defaults.Endpoint.Guard)
    {
    }

    internal GuardOptions(Unset _)
    {
    }

    /// <summary>The time of a guard or delegate, within that of the handshake; past it 503.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>
    /// Most calls of one route that run at a time; each counts until its task has ended, also past <see cref="Timeout"/>. More wait.
    /// </summary>
    public int MaxRunning { get; init; }

    /// <summary>Most calls of one route that wait; past it 503 at once.</summary>
    public int MaxWaiting { get; init; }
}
