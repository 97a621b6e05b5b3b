using System.Diagnostics;

namespace WsActors.Tracing;

/// <summary>
/// The activity source <c>WsActors</c>. Without a listener its users ask <see cref="IsOn"/> and do nothing else. An activity starts and
/// ends in different actors, so neither changes <see cref="Activity.Current"/>. One for each process; any thread.
/// </summary>
internal static class Tracer
{
    /// <summary>The name of the source.</summary>
    public const string Name = "WsActors";

    private static readonly ActivitySource Source = new(
        Name, typeof(Tracer).Assembly.GetName().Version is { } version ? version.ToString(fieldCount: 3) : "");

    /// <summary>Whether anybody listens. Two reads; the sampler decides only when an activity starts.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Starts an activity; null when the sampler drops it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="parent">The parent; the default starts a trace.</param>
    /// <param name="links">Related contexts; null for none.</param>
    public static Activity? Start(
        string name, ActivityKind kind, ActivityContext parent, IEnumerable<ActivityLink>? links = null)
    {
        var current = Activity.Current;
        try
        {
            // Without a parent context, .NET would take the current activity.
            if (current is not null)
            {
                Activity.Current = null;
            }

            return Source.StartActivity(name, kind, parent, tags: null, links);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Starts an activity of user code, which becomes the current one.</summary>
    public static Activity? StartCurrent(string name, ActivityKind kind, ActivityContext parent) =>
        Source.StartActivity(name, kind, parent);

    /// <summary>Ends an activity. A second call changes nothing.</summary>
    public static void Stop(Activity activity)
    {
        var current = Activity.Current;
        activity.Stop();

        // A stopped activity cannot be the current one.
        if (current != activity)
        {
            Activity.Current = current;
        }
    }

    /// <summary>Marks an activity as failed.</summary>
    /// <param name="activity">The activity.</param>
    /// <param name="error">The value of <c>error.type</c>: one of a few.</param>
    public static void SetError(Activity activity, string error) =>
        activity.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
}
