using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using WsActors.Messages;
using WsActors.Runtime;
using WsActors.Tracing;

namespace WsActors.Topics;

/// <summary>
/// The publish backlogs of all publishers of a node. The backlog of a connection's or session's own handler is in the handler's
/// <c>Props</c>; reading of the connection pauses while it is large. Any other publisher has a backlog here while it is not empty. A
/// publish is refused when one such handler, or all other publishers together, exceed <c>ws-actors.topics.max-queued-size</c>. One for each
/// actor system; any thread.
/// </summary>
/// <param name="maxBytes">The limit.</param>
/// <param name="clock">The clock for the interval between log lines.</param>
/// <param name="log">The log for refusals, with at most one line a minute.</param>
internal sealed class PublishBacklogs(int maxBytes, Clock clock, ILoggingAdapter log)
{
    /// <summary>Up to this size, connections do not check the backlog of their shared handler.</summary>
    private const long SmallSharedBytes = 16 * 1024;

    /// <summary>The backlogs of publishers without a connection of their own. An empty backlog is removed.</summary>
    private readonly ConcurrentDictionary<IActorRef, PublishBacklog> _shared = new();

    private readonly LogThrottle _throttle = new(clock);

    private long _bytes;

    private long _sharedBytes;

    private long _refused;

    /// <summary>The number of refused publishes.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>The bytes that wait in all backlogs.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether members have taken all publications.</summary>
    public bool IsEmpty => Bytes == 0;

    /// <summary>
    /// Whether <see cref="Bytes"/> exceeds the limit. Reading then pauses for each connection whose handler has a backlog.
    /// </summary>
    public bool IsFull => Bytes > maxBytes;

    /// <summary>Whether the backlogs of publishers without a connection are large. Connections then check their shared handler's.</summary>
    public bool IsSharedBacklogLarge => Volatile.Read(ref _sharedBytes) > SmallSharedBytes;

    /// <summary>The backlog of a publisher without a connection of its own; null when it is empty.</summary>
    public PublishBacklog? BacklogOf(IActorRef publisher) => _shared.GetValueOrDefault(publisher);

    /// <summary>Counts a publish for its publisher.</summary>
    /// <param name="publish">The publish.</param>
    /// <param name="publisher">The receiver of acknowledgements.</param>
    /// <param name="topics">The sender of the refusal.</param>
    /// <returns>Null when the publish is refused.</returns>
    public Publication? TryAccept(Ws.Publish publish, IActorRef publisher, IActorRef topics) =>
        Tracer.IsOn ? TryAcceptTraced(publish, publisher, topics) : TryCount(publish, publisher, topics);

    /// <summary>The same with a span, in the context that the publish carries, or else in that of the publisher's thread.</summary>
    private Publication? TryAcceptTraced(Ws.Publish publish, IActorRef publisher, IActorRef topics)
    {
        var carried = TraceContexts.Of(publish);
        var parent = carried.IsSampled() ? carried : Activity.Current?.Context ?? default;
        var span = MessageSpan.StartPublish(parent, publish.Message.Payload.Length);
        var publication = TryCount(publish, publisher, topics);
        if (publication is not null)
        {
            TraceContexts.Set(publication, span?.Context ?? parent);
        }

        if (span is not null)
        {
            PendingSpans.End(span, publication is null ? Ws.SendFailure.QueueFull.ToAttribute() : null);
        }

        return publication;
    }

    private Publication? TryCount(Ws.Publish publish, IActorRef publisher, IActorRef topics)
    {
        if ((publisher as ActorRefWithCell)?.Underlying.Props is IPublisher { Backlog: var own })
        {
            // Pausing the socket does not slow a handler that publishes for a timer or another actor.
            if (own.Bytes > maxBytes)
            {
                Refuse(publish.Message, publisher, topics);
                return null;
            }

            var publication = new Publication(publish.Topic, publish.Message, publisher, own) { Backlogs = this };
            publication.TryCount();
            return publication;
        }

        if (Volatile.Read(ref _sharedBytes) > maxBytes)
        {
            Refuse(publish.Message, publisher, topics);
            return null;
        }

        while (true)
        {
            var backlog = _shared.GetOrAdd(publisher, static _ => new PublishBacklog());
            var publication = new Publication(publish.Topic, publish.Message, publisher, backlog) { Backlogs = this, IsShared = true };
            if (publication.TryCount())
            {
                return publication;
            }
        }
    }

    public void Added(Publication publication)
    {
        Interlocked.Add(ref _bytes, publication.Bytes);
        if (publication.IsShared)
        {
            Interlocked.Add(ref _sharedBytes, publication.Bytes);
        }
    }

    public void Removed(Publication publication)
    {
        Interlocked.Add(ref _bytes, -publication.Bytes);
        if (publication.IsShared)
        {
            Interlocked.Add(ref _sharedBytes, -publication.Bytes);
            if (publication.Backlog.TryClose())
            {
                _shared.TryRemove(new KeyValuePair<IActorRef, PublishBacklog>(publication.Publisher, publication.Backlog));
            }
        }
    }

    private void Refuse(Ws.Send message, IActorRef publisher, IActorRef topics)
    {
        message.NotifyFailed(topics, publisher, Ws.SendFailure.QueueFull);
        Interlocked.Increment(ref _refused);
        if (_throttle.TryPass(out var withheld))
        {
            log.Warning(
                "{Refused} publishes were refused since the last such line: one handler, or the actors without a connection of their own "
                + "together, have published more than {MaxBytes} bytes that members have not taken (ws-actors.topics.max-queued-size). "
                + "Publish with an Ack, and wait for it.",
                withheld + 1,
                maxBytes);
        }
    }
}

/// <summary>The Props of an actor that has a backlog of its own. The connection of the actor checks the backlog.</summary>
internal interface IPublisher
{
    /// <summary>The backlog; created on first use.</summary>
    PublishBacklog Backlog { get; }
}
