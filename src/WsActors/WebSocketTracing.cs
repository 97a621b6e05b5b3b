using System.Diagnostics;
using Akka.Actor;
using WsActors.Tracing;

namespace WsActors;

/// <summary>
/// Distributed traces: the activity source <c>WsActors</c>, and the trace context of messages. <see cref="Activity.Current"/> does not
/// cross a mailbox, so the context travels with the message. Without a listener nothing of it costs a byte. Any thread.
/// </summary>
public static class WebSocketTracing
{
    /// <summary>The name of the source, for OpenTelemetry's <c>AddSource</c> or an <see cref="ActivityListener"/>.</summary>
    public const string SourceName = Tracer.Name;

    /// <summary>
    /// The trace context of a message: that of an event's span, that of a message told by
    /// <see cref="TellTraced(IActorRef, object, IActorRef?)"/>, or that of the opening handshake for <see cref="Ws.Opened"/>. The default
    /// without one, and for a trace that is not sampled.
    /// </summary>
    public static ActivityContext ContextOf(object message) => TraceContexts.Of(Ws.NotNull(message));

    /// <summary>
    /// Starts an activity in the trace of a message. It becomes <see cref="Activity.Current"/> until it is disposed of. Null without a
    /// listener, and where it is not sampled. A message without a context starts it under the current activity, if there is one.
    /// </summary>
    /// <param name="message">The message that is handled.</param>
    /// <param name="name">The name of the activity: one of a few, without data of users.</param>
    /// <param name="kind">The kind.</param>
    public static Activity? StartActivity(object message, string name, ActivityKind kind = ActivityKind.Internal)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(name);
        return Tracer.IsOn ? Tracer.StartCurrent(name, kind, TraceContexts.Of(message)) : null;
    }

    /// <summary>
    /// Tells an actor a message, with the context of <see cref="Activity.Current"/>, as it is in the methods of a
    /// <see cref="WebSocketHandler"/>. The receiver reads it by <see cref="ContextOf"/>.
    /// </summary>
    /// <param name="actor">The receiver. On another node it gets the context with messages of <see cref="Ws"/> alone.</param>
    /// <param name="message">The message: an object of its own, as an object that is told twice has the context of the last time.</param>
    /// <param name="sender">The sender; null for none.</param>
    public static void TellTraced(this IActorRef actor, object message, IActorRef? sender) =>
        actor.TellTraced(message, Activity.Current?.Context ?? default, sender);

    /// <summary>Tells an actor a message with a trace context.</summary>
    /// <param name="actor">The receiver.</param>
    /// <param name="message">The message.</param>
    /// <param name="context">The context, such as <see cref="Ws.Received.TraceContext"/>; the default for none.</param>
    /// <param name="sender">The sender; null for none.</param>
    /// <inheritdoc cref="TellTraced(IActorRef, object, IActorRef?)"/>
    public static void TellTraced(this IActorRef actor, object message, ActivityContext context, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(message);

        // A serializer asks twice for the context of a message of ours: one that was sent already must not change.
        var told = context.IsSampled() ? Ws.CopyOf(message) : message;
        if (context.IsSampled())
        {
            TraceContexts.Set(told, context);
        }
        else if (message is not (Ws.ICommand or Ws.IOperation or Ws.IEvent))
        {
            TraceContexts.Remove(message);
        }

        actor.Tell(told, sender);
    }
}
