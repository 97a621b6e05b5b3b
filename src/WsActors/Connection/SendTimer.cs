using WsActors.Metrics;

namespace WsActors.Connection;

/// <summary>
/// Measures the time of messages in a send queue, from queued to taken; exists once the instrument had a listener. Owned by its connection.
/// </summary>
internal sealed class SendTimer(RouteMetrics metrics)
{
    /// <summary>When messages were queued, by the number of their frame.</summary>
    private readonly Dictionary<long, TimeSpan> _queued = [];

    /// <summary>The same of the messages that end in the current write.</summary>
    private readonly List<TimeSpan> _writing = [];

    public void OnQueued(long number) => _queued[number] = metrics.Clock.Elapsed;

    /// <summary>The message's last byte is in the current write.</summary>
    public void OnEncoded(long number)
    {
        if (_queued.Remove(number, out var queued))
        {
            _writing.Add(queued);
        }
    }

    /// <summary>The message was dropped before it was encoded.</summary>
    public void OnDropped(long number) => _queued.Remove(number);

    /// <summary>The transport took the current write.</summary>
    public void OnWriteTaken()
    {
        if (_writing.Count > 0)
        {
            var now = metrics.Clock.Elapsed;
            _writing.ForEach(queued => metrics.Taken(now - queued));
        }
    }

    /// <summary>The current write has ended, taken or not.</summary>
    public void OnWriteEnded() => _writing.Clear();
}
