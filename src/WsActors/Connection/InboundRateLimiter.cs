using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Runtime;

namespace WsActors.Connection;

/// <summary>
/// Limits what a peer may send a second: bytes read from the socket, headers included, and messages. Pings and pongs count as messages,
/// since each costs work. A fragment counts only by its bytes. A close frame is never limited. Owned by its connection.
/// </summary>
internal sealed class InboundRateLimiter
{
    private static readonly Violation TooManyBytes = new(CloseCode.PolicyViolation, "more bytes a second than this endpoint takes");

    private static readonly Violation TooManyMessages = new(CloseCode.PolicyViolation, "more messages a second than this endpoint takes");

    private RateLimiter _bytes;

    private RateLimiter _messages;

    /// <summary>The total standstill of the process at the last check.</summary>
    private TimeSpan _standstill;

    private InboundRateLimiter(RateOptions options, Clock clock)
    {
        var opened = clock.Now;
        (_bytes, _messages) = (new RateLimiter(options.MaxBytes, opened), new RateLimiter(options.MaxMessages, opened));
        _standstill = clock.TotalStandstill;
    }

    /// <returns>Null when the options set no limit.</returns>
    public static InboundRateLimiter? FromOptions(RateOptions options, Clock clock) =>
        options is { MaxBytes: null, MaxMessages: null } ? null : new InboundRateLimiter(options, clock);

    /// <summary>Extends the budget by a standstill: the bytes of that time arrive all at once.</summary>
    /// <param name="standstill">The total standstill of the process so far.</param>
    /// <param name="now">The time.</param>
    public void OnStandstill(TimeSpan standstill, TimeSpan now)
    {
        if (standstill > _standstill)
        {
            _bytes.AddCredit(standstill - _standstill, now);
            _messages.AddCredit(standstill - _standstill, now);
            _standstill = standstill;
        }
    }

    /// <summary>Charges one read of the socket.</summary>
    /// <returns>Null, or the violation of the limit.</returns>
    public Violation? Charge(int bytes, TimeSpan now) => _bytes.TrySpend(bytes, now) ? null : TooManyBytes;

    /// <summary>Charges one parsed fact.</summary>
    /// <inheritdoc cref="Charge(int, TimeSpan)" path="/returns"/>
    public Violation? Charge(in StreamEvent fact, TimeSpan now) => !Counts(fact) || _messages.TrySpend(1, now) ? null : TooManyMessages;

    private static bool Counts(in StreamEvent fact) => fact.Kind switch
    {
        StreamEventKind.Message or StreamEventKind.Chunk => fact.IsLast,
        StreamEventKind.Ping or StreamEventKind.Pong => true,
        _ => false,
    };

    /// <inheritdoc cref="RateLimiter.Pause"/>
    public void Pause(TimeSpan now)
    {
        _bytes.Pause(now);
        _messages.Pause(now);
    }

    /// <inheritdoc cref="RateLimiter.Resume"/>
    public void Resume(TimeSpan now)
    {
        _bytes.Resume(now);
        _messages.Resume(now);
    }
}
