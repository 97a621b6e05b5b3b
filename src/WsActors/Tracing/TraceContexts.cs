using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace WsActors.Tracing;

/// <summary>
/// The trace contexts of objects: messages, publications, connections. A table beside the objects, so that an object without a context
/// costs nothing. An entry lives as long as its object. Any thread.
/// </summary>
internal static class TraceContexts
{
    /// <summary>
    /// The age up to which a context that was taken from <see cref="Activity.Current"/> is a parent. A program may keep a message and send
    /// it for years: without the bound all these would belong to the trace in which the message was created.
    /// </summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    /// <summary>An <see cref="Activity"/> that its message ends, or an <see cref="Entry"/>.</summary>
    private static readonly ConditionalWeakTable<object, object> All = [];

    /// <summary>Whether there ever was an entry: before, nothing is looked up.</summary>
    private static volatile bool IsUsed;

    /// <summary>The sampled context of an object; the default without one.</summary>
    public static ActivityContext Of(object? subject) => Find(subject) switch
    {
        Activity activity => activity.Context,
        Entry entry when Stopwatch.GetElapsedTime(entry.At) <= entry.MaxAge => entry.Context,
        _ => default,
    };

    /// <summary>The activity of a message; null without one.</summary>
    public static Activity? ActivityOf(object message) => Find(message) as Activity;

    /// <summary>Whether the context of an object is one to link to: the message was fanned out.</summary>
    public static bool IsLink(object subject) => Find(subject) is Entry { IsLink: true };

    /// <summary>
    /// Whether a message crosses nodes with a context. A serializer asks more than once, and the answer must not change: the entry of a
    /// message is set before it is told, and stays, also past its age. An activity of a handler does not cross: it is removed when it ends.
    /// </summary>
    public static bool Crosses(object message) => Find(message) is Entry;

    /// <summary>Sets the context of an object that has none. A context that is not sampled is not kept.</summary>
    public static void Set(object subject, ActivityContext context, bool isLink = false)
    {
        if (context.IsSampled())
        {
            Add(subject, new Entry(context, isLink, TimeSpan.MaxValue));
        }
    }

    /// <summary>Gives a message its own activity.</summary>
    public static void Set(object message, Activity activity) => Add(message, activity);

    /// <summary>Gives a message that is being created the context of the current activity, if that is sampled.</summary>
    public static void Capture(object message)
    {
        if (Activity.Current is { Recorded: true } activity)
        {
            Add(message, new Entry(activity.Context, IsLink: false, MaxAge));
        }
    }

    /// <summary>Gives an object the context of another.</summary>
    public static void Copy(object from, object to) => Set(to, Of(from));

    /// <summary>Removes the context of an object.</summary>
    public static void Remove(object subject)
    {
        if (IsUsed)
        {
            All.Remove(subject);
        }
    }

    /// <summary>Whether a context is sampled.</summary>
    public static bool IsSampled(this ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;

    private static object? Find(object? subject) =>
        IsUsed && subject is not null && All.TryGetValue(subject, out var entry) ? entry : null;

    private static void Add(object subject, object entry)
    {
        IsUsed = true;
        All.AddOrUpdate(subject, entry);
    }

    /// <param name="Context">The context, sampled.</param>
    /// <param name="IsLink">See <see cref="TraceContexts.IsLink"/>.</param>
    /// <param name="MaxAge">The age up to which it counts.</param>
    private sealed record Entry(ActivityContext Context, bool IsLink, TimeSpan MaxAge)
    {
        /// <summary>When it was added, as <see cref="Stopwatch.GetTimestamp"/>.</summary>
        public long At { get; } = Stopwatch.GetTimestamp();
    }
}
