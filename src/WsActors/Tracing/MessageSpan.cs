using System.Diagnostics;

namespace WsActors.Tracing;

/// <summary>
/// The spans of messages: their names, kinds and attributes. A name has a route's template at most, as a topic may be user data.
/// </summary>
internal static class MessageSpan
{
    private const string Operation = "messaging.operation.name";

    private const string BodySize = "messaging.message.body.size";

    /// <summary>Starts the span of a received message, which the message has until it is handled.</summary>
    /// <param name="message">The event for the handler.</param>
    /// <param name="names">The names of the spans of its route.</param>
    /// <param name="parent">The context of the opening handshake.</param>
    /// <param name="bytes">The size of the payload.</param>
    public static void StartReceive(object message, SpanNames names, ActivityContext parent, int bytes)
    {
        if (Tracer.Start(names.Receive, ActivityKind.Consumer, parent) is { } activity)
        {
            SetTags(activity, "receive", names.Route, bytes);
            TraceContexts.Set(message, activity);
        }
    }

    /// <summary>The message is about to be told to a handler that does not end the span itself.</summary>
    public static void StopReceive(object message)
    {
        if (TraceContexts.ActivityOf(message) is { } activity)
        {
            Tracer.Stop(activity);
            TraceContexts.Set(message, activity.Context);
        }
    }

    /// <summary>Starts the span of a message whose sender asked for an acknowledgement. It begins no trace of its own.</summary>
    /// <param name="message">The message: its context is the parent, or a link where it was fanned out.</param>
    /// <param name="names">The names of the spans of its route.</param>
    /// <param name="bytes">The size of the payload.</param>
    public static Activity? StartSend(object message, SpanNames names, int bytes)
    {
        var context = TraceContexts.Of(message);
        if (!context.IsSampled())
        {
            return null;
        }

        var activity = TraceContexts.IsLink(message)
            ? Tracer.Start(names.Send, ActivityKind.Producer, parent: default, [new ActivityLink(context)])
            : Tracer.Start(names.Send, ActivityKind.Producer, context);
        return activity is null ? null : SetTags(activity, "send", names.Route, bytes);
    }

    /// <summary>The span of a message that is not queued, and whose sender asked for an acknowledgement.</summary>
    /// <param name="message">See <see cref="StartSend"/>.</param>
    /// <param name="names">The names of the spans of its route.</param>
    /// <param name="bytes">The size of the payload.</param>
    /// <param name="error">The value of <c>error.type</c>.</param>
    public static void FailSend(object message, SpanNames names, int bytes, string error) =>
        PendingSpans.End(StartSend(message, names, bytes), error);

    /// <summary>Starts the span of a publish, which begins no trace.</summary>
    /// <param name="parent">The publisher's context.</param>
    /// <param name="bytes">The size of the payload.</param>
    public static Activity? StartPublish(ActivityContext parent, int bytes) =>
        parent.IsSampled() && Tracer.Start("publish", ActivityKind.Producer, parent) is { } activity
            ? SetTags(activity, "publish", route: null, bytes)
            : null;

    /// <summary>Starts the span of one node's delivery of a publish, which begins no trace.</summary>
    /// <param name="publish">The context of the publish.</param>
    /// <param name="members">The number of members on this node.</param>
    /// <param name="bytes">The size of the payload.</param>
    public static Activity? StartDeliver(ActivityContext publish, int members, int bytes) =>
        publish.IsSampled() && Tracer.Start("deliver", ActivityKind.Consumer, publish) is { } activity
            ? SetTags(activity, "deliver", route: null, bytes).SetTag("wsactors.members", members)
            : null;

    private static Activity SetTags(Activity activity, string operation, string? route, int bytes)
    {
        if (activity.IsAllDataRequested)
        {
            activity.SetTag(Operation, operation).SetTag(BodySize, bytes);
            if (route is not null)
            {
                activity.SetTag("http.route", route);
            }
        }

        return activity;
    }
}
