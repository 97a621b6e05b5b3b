using WsActors.Settings;

namespace WsActors;

/// <summary>Pings, and the deadlines of silence: <c>ws-actors.keep-alive</c>. A new instance has the defaults.</summary>
public sealed record KeepAliveOptions
{
    /// <summary>The defaults.</summary>
    public KeepAliveOptions()
        : this(Defaults.Endpoint.KeepAlive)
    {
    }

    internal KeepAliveOptions(Unset _)
    {
    }

    /// <summary>A ping is sent after this much silence of the peer. Null is off.</summary>
    public TimeSpan? PingInterval { get; init; }

    /// <summary>
    /// The time in which any byte must follow a ping; past it 1006. Of a client with a session (<see cref="ClientSessionOptions.Enabled"/>)
    /// 5 s at least.
    /// </summary>
    public TimeSpan PongTimeout { get; init; }

    /// <summary>The longest time without a message either way; past it 1001. Null is off.</summary>
    public TimeSpan? IdleTimeout { get; init; }
}
