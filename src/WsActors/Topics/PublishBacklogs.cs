using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Topics;

/// <summary>
/// What all publishers of a node have published and members have not taken. The backlog of a handler made for its connection, or session,
/// is in what both share, and the connection is not read while it is large. Any other publisher has one here while it is not empty. Past
/// <c>ws-actors.topics.max-queued-size</c> of one such handler, or of all others together, a publish is refused. One a system; any thread.
/// </summary>
/// <param name="maxBytes">The limit.</param>
/// <param name="clock">Tells when the next line may be written.</param>
/// <param name="log">Where refusals are told of, once a minute at most.</param>
internal sealed class PublishBacklogs(int maxBytes, Clock clock, ILoggingAdapter log)
{
    /// <summary>Up to that, nobody need look what a handler has published that connections share.</summary>
    private const long Little = 16 * 1024;

    private static readonly TimeSpan BetweenLines = TimeSpan.FromMinutes(1);

    /// <summary>Of publishers without a connection of their own. None is empty for long.</summary>
    private readonly ConcurrentDictionary<IActorRef, PublishBacklog> _shared = new();

    private readonly Lock _lock = new();

    private long _bytes;

    private long _sharedBytes;

    /// <summary>The time at which the next line may be written. Guarded by the lock, as are the fields below.</summary>
    private TimeSpan _nextLine;

    private long _refused;

    /// <summary>Of these, those that the last line told of.</summary>
    private long _told;

    /// <summary>The number of refused publishes.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>The bytes that wait in all backlogs.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether that is so much that no connection is read whose handler has published any of it.</summary>
    public bool IsFull => Bytes > maxBytes;

    /// <summary>Whether publishers without a connection of their own have so much that connections look for that of a shared handler.</summary>
    public bool IsSharedBacklogLarge => Volatile.Read(ref _sharedBytes) > Little;

    /// <summary>The backlog of a publisher without a connection of its own; null when it is empty.</summary>
    public PublishBacklog? BacklogOf(IActorRef publisher) => _shared.GetValueOrDefault(publisher);

    /// <summary>Counts a publish for its publisher.</summary>
    /// <param name="publish">The publish.</param>
    /// <param name="publisher">The receiver of acknowledgements.</param>
    /// <param name="topics">In whose name a refusal is told.</param>
    /// <returns>Null when it is refused.</returns>
    public Publication? TryAccept(Ws.Publish publish, IActorRef publisher, IActorRef topics)
    {
        if ((publisher as ActorRefWithCell)?.Underlying.Props is IPublisher { Backlog: var own })
        {
            // Its socket does not slow a handler that publishes what a timer or another actor tells it.
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
        if (message.Ack is not null)
        {
            publisher.Tell(new Ws.SendFailed(topics, message, Ws.SendFailure.QueueFull), topics);
        }

        lock (_lock)
        {
            _refused++;
            if (clock.Now < _nextLine)
            {
                return;
            }

            log.Warning(
                "{Refused} publishes were refused since the last such line: one handler, or the actors without a connection of their own together, "
                + "have published more than {MaxBytes} bytes that members have not taken (ws-actors.topics.max-queued-size). "
                + "Publish with an Ack, and wait for it.",
                _refused - _told,
                maxBytes);
            (_told, _nextLine) = (_refused, clock.Now + BetweenLines);
        }
    }
}

/// <summary>The Props of an actor that has a backlog of its own, which the connection that reads for it checks.</summary>
internal interface IPublisher
{
    /// <summary>Made by the first publish.</summary>
    PublishBacklog Backlog { get; }
}
