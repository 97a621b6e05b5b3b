using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace WsActors.Tracing;

/// <summary>
/// The spans of sends that await their acknowledgement, by the queue that holds the message and its number there. A table beside the
/// queues: one without such a send costs nothing. Each queue belongs to one actor.
/// </summary>
internal static class PendingSpans
{
    private static readonly ConditionalWeakTable<object, Dictionary<long, Activity>> All = [];

    /// <summary>Whether there ever was a span: before, nothing is looked up.</summary>
    private static volatile bool IsUsed;

    /// <param name="queue">The queue.</param>
    /// <param name="number">The number of the message in it.</param>
    /// <param name="span">Its span; null when it is not sampled.</param>
    public static void Add(object queue, long number, Activity? span)
    {
        if (span is not null)
        {
            IsUsed = true;
            All.GetValue(queue, static _ => [])[number] = span;
        }
    }

    /// <summary>The message was acknowledged, or will not be.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="number">The number of the message.</param>
    /// <param name="error">The value of <c>error.type</c>; null when it was acknowledged.</param>
    public static void End(object queue, long number, string? error = null)
    {
        if (IsUsed && All.TryGetValue(queue, out var spans) && spans.Remove(number, out var span))
        {
            End(span, error);
        }
    }

    /// <param name="span">The span; null when it is not sampled.</param>
    /// <param name="error">The value of <c>error.type</c>; null for none.</param>
    public static void End(Activity? span, string? error)
    {
        if (span is null)
        {
            return;
        }

        if (error is not null)
        {
            Tracer.SetError(span, error);
        }

        Tracer.Stop(span);
    }
}
