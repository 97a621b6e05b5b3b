using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// The time until which the authentication of an open connection holds, and the warning of its handler before. It does not depend on the
/// flow of messages: pauses and pull mode do not move it. It counts standstills of the process: these must not extend an authentication.
/// Owned by its connection.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="handler">Its handler.</param>
/// <param name="options">The options of its endpoint.</param>
internal sealed class AuthenticationExpiry(ConnectionActor connection, IActorRef handler, AuthOptions options)
{
    /// <summary>The expiry by the system's clock, for messages.</summary>
    private DateTimeOffset _date;

    /// <summary>The expiry by the monotonic clock, standstills included.</summary>
    private TimeSpan _expiresAt;

    /// <summary>The time of the warning; null once the handler was told, and when it is off.</summary>
    private TimeSpan? _warnsAt;

    /// <summary>The close of a connection whose authentication has expired.</summary>
    public static Ws.Close Close { get; } = new(Ws.ExpiredCode, "the authentication has expired");

    private TimeSpan Elapsed => connection.EndpointContext.Clock.Elapsed;

    /// <summary>Sets the expiry. The date counts once, here: a later change of the system's clock does not move the expiry.</summary>
    public void Set(DateTimeOffset date)
    {
        _date = date;
        _expiresAt = Elapsed + (date - connection.EndpointContext.Clock.Date);
        _warnsAt = _expiresAt - options.ExpiryWarning;
        WarnIfDue();
    }

    /// <summary>Warns the handler when that is due.</summary>
    /// <returns>Whether the authentication has expired.</returns>
    public bool Check()
    {
        if (Elapsed >= _expiresAt)
        {
            return true;
        }

        WarnIfDue();
        return false;
    }

    private void WarnIfDue()
    {
        if (Elapsed >= _warnsAt)
        {
            _warnsAt = null;
            connection.Tell(handler, new Ws.Expiring { Connection = connection.Ref, ExpiresAt = _date });
        }

        connection.WakeAtElapsed(_warnsAt ?? _expiresAt);
    }
}
