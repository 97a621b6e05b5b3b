using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Runtime;

namespace WsActors.Connection;

/// <summary>
/// How much a peer may send a second: bytes as they come from the socket, headers included, and messages. Pings and pongs cost us an
/// answer or a look, so they count as messages do. A fragment costs no more than its bytes, and counts only by those; a close frame ends
/// it all, and is always welcome. Owned by its connection.
/// </summary>
internal sealed class InboundRateLimiter
{
    private static readonly Violation TooManyBytes = new(CloseCode.PolicyViolation, "more bytes a second than this endpoint takes");

    private static readonly Violation TooManyMessages = new(CloseCode.PolicyViolation, "more messages a second than this endpoint takes");

    private RateLimiter _bytes;

    private RateLimiter _messages;

    /// <summary>The total standstill of the process at the last check.</summary>
    private TimeSpan _stood;

    private InboundRateLimiter(RateOptions options, Clock clock)
    {
        var opened = clock.Now;
        (_bytes, _messages) = (new RateLimiter(options.MaxBytes, opened), new RateLimiter(options.MaxMessages, opened));
        _stood = clock.TotalStandstill;
    }

    /// <returns>Null where a peer may send as much as it likes.</returns>
    public static InboundRateLimiter? FromOptions(RateOptions options, Clock clock) =>
        options is { MaxBytes: null, MaxMessages: null } ? null : new InboundRateLimiter(options, clock);

    /// <summary>Extends the budget by a standstill: the bytes of that time arrive all at once.</summary>
    /// <param name="stood">How long the process has stood still in all.</param>
    /// <param name="now">The time.</param>
    public void OnStandstill(TimeSpan stood, TimeSpan now)
    {
        if (stood > _stood)
        {
            _bytes.AddCredit(stood - _stood, now);
            _messages.AddCredit(stood - _stood, now);
            _stood = stood;
        }
    }

    /// <summary>Charges one read of the socket.</summary>
    /// <returns>Null, or that it was too much.</returns>
    public Violation? Charge(int bytes, TimeSpan now) => _bytes.TrySpend(bytes, now) ? null : TooManyBytes;

    /// <summary>Charges what was read.</summary>
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
