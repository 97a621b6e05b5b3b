using WsActors.Runtime;

namespace WsActors.Client;

/// <summary>
/// The delay before each connection attempt: exponential, with full jitter, so that clients that lost the same server do not reconnect
/// together. Owned by one client; holds no timer.
/// </summary>
internal sealed class Backoff(ReconnectOptions options, Jitter jitter)
{
    /// <summary>Attempts since the last connection that lasted.</summary>
    public int Attempts { get; private set; }

    /// <summary>The delay before the next attempt.</summary>
    /// <param name="atLeast">The delay that the server asks for, capped at <see cref="ReconnectOptions.MaxBackoff"/>.</param>
    /// <param name="isFirstAtOnce">Whether the first attempt after a connection that lasted has no delay.</param>
    public TimeSpan Next(TimeSpan? atLeast = null, bool isFirstAtOnce = false)
    {
        var most = isFirstAtOnce && Attempts == 0
            ? 0
            : Math.Min(options.MaxBackoff.Ticks, options.MinBackoff.Ticks * Math.Pow(2, Attempts));
        Attempts++;
        var delay = TimeSpan.FromTicks((long)(most * jitter.Draw()));
        var least = atLeast < options.MaxBackoff ? atLeast.Value : atLeast is null ? TimeSpan.Zero : options.MaxBackoff;
        return delay > least ? delay : least;
    }

    /// <summary>A connection has ended. One that was open for long enough resets the delay.</summary>
    public void WasOpen(TimeSpan time) => Attempts = time >= options.ResetAfter ? 0 : Attempts;
}
