using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The rates at which a peer may send: <c>ws-actors.rate</c>. What was saved up within one second may come at once. A new instance has the
/// defaults.
/// </summary>
public sealed record RateOptions
{
    /// <summary>The defaults.</summary>
    public RateOptions()
        : this(Defaults.Endpoint.Rate)
    {
    }

    internal RateOptions(Unset _)
    {
    }

    /// <summary>Most messages a second, pings and pongs included; past it 1008. Null is off.</summary>
    public int? MaxMessages { get; init; }

    /// <summary>Most bytes a second as the socket delivers them; past it 1008. Null is off.</summary>
    public int? MaxBytes { get; init; }
}
