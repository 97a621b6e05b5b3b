using Akka.Event;

namespace WsActors.Runtime;

/// <summary>
/// Logs failures of the user's code that a peer can cause as often as it likes: of each kind the first of a minute, with its stack; the
/// others of that minute are counted, and told in one line. One a system; any thread.
/// </summary>
internal sealed class FailureLog(ILoggingAdapter log, Clock clock)
{
    /// <summary>Kinds that are told apart; those beyond count as one. Routes are few, but a client may have any name.</summary>
    private const int MaxKinds = 1000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    /// <summary>By what failed: how often that was not logged in the current minute.</summary>
    private readonly Dictionary<string, int> _unlogged = [];

    private TimeSpan _minuteEnds;

    /// <summary>The failures of the process itself.</summary>
    public ProcessFaults Faults { get; } = new(clock);

    /// <param name="what">What failed, such as <c>ws://0.0.0.0:8080: the guard of /chat/{room}</c>; its kind.</param>
    /// <param name="how">The rest of the sentence, to which a cause is added; null for that it failed.</param>
    /// <param name="cause">Null where nothing was thrown.</param>
    public void Write(string what, string? how, Exception? cause = null)
    {
        Faults.Note(cause);
        Advance();
        lock (_gate)
        {
            var kind = _unlogged.Count < MaxKinds || _unlogged.ContainsKey(what) ? what : "something else";
            if (!_unlogged.TryAdd(kind, 0))
            {
                _unlogged[kind]++;
                return;
            }
        }

        var shown = cause is null ? null : new SanitizedException(cause);
        log.Error(shown, "{What} {How}", what, (how ?? "failed") + (shown is null ? "." : $": {shown.Line}"));
    }

    /// <summary>Begins a new minute when the old one is over, and tells what the old one withheld.</summary>
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
