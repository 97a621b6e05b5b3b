using WsActors.Settings;

namespace WsActors;

/// <summary>Authentication that expires: <c>ws-actors.auth</c>. A new instance has the defaults.</summary>
public sealed record AuthOptions
{
    /// <summary>The defaults.</summary>
    public AuthOptions()
        : this(Defaults.Endpoint.Auth)
    {
    }

    internal AuthOptions(Unset _)
    {
    }

    /// <summary>The time before the expiry at which the handler is told <see cref="Ws.Expiring"/>. Null is off: it is not told.</summary>
    public TimeSpan? ExpiryWarning { get; init; }
}
