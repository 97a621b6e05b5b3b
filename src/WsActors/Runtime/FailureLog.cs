using Akka.Event;

namespace WsActors.Runtime;

/// <summary>
/// Logs failures of user code that a peer can cause as often as it likes: the first of each kind in a minute with its stack, and the number
/// of the others in one line. One per system; any thread.
/// </summary>
internal sealed class FailureLog(ILoggingAdapter log, Clock clock)
{
    /// <summary>Most kinds in a minute; further ones share one kind. Routes are few, but a client may have any name.</summary>
    private const int MaxKinds = 1000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    /// <summary>By kind, the number of failures that were not logged in the current minute.</summary>
    private readonly Dictionary<string, int> _unlogged = [];

    private TimeSpan _minuteEnds;

    /// <summary>The failures of the process itself.</summary>
    public ProcessFaults Faults { get; } = new(clock);

    /// <param name="subject">The kind and the subject of the sentence, such as <c>ws://0.0.0.0:8080: the guard of /chat/{room}</c>.</param>
    /// <param name="predicate">The predicate of the sentence, to which the cause is added; null for <c>failed</c>.</param>
    /// <param name="cause">The exception; null without one.</param>
    public void Write(string subject, string? predicate, Exception? cause = null)
    {
        Faults.Note(cause);
        Advance();
        lock (_gate)
        {
            var kind = _unlogged.Count < MaxKinds || _unlogged.ContainsKey(subject) ? subject : "something else";
            if (!_unlogged.TryAdd(kind, 0))
            {
                _unlogged[kind]++;
                return;
            }
        }

        var shown = cause is null ? null : new SanitizedException(cause);
        log.Error(shown, "{Subject} {Predicate}", subject, (predicate ?? "failed") + (shown is null ? "." : $": {shown.Line}"));
    }

    /// <summary>Starts a new minute once the last one has passed, and logs the failures that were withheld.</summary>
    public void Advance()
    {
        KeyValuePair<string, int>[] withheld;
        lock (_gate)
        {
            var now = clock.Now;
            if (now < _minuteEnds)
            {
                return;
            }

            withheld = [.. _unlogged.Where(static kind => kind.Value > 0)];
            _unlogged.Clear();
            _minuteEnds = now + Minute;
        }

        foreach (var (what, count) in withheld)
        {
            log.Warning("{What} failed {Count} more times within a minute; of each minute the first time is logged", what, count);
        }
    }
}
