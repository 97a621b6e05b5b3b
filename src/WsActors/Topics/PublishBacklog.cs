using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The bytes that one publisher has published and members have not taken into their send queues. Reading of the publisher's connection
/// pauses while they are many. Any thread.
/// </summary>
internal sealed class PublishBacklog
{
    /// <summary>The value of <see cref="_bytes"/> in a closed backlog.</summary>
    private const long Closed = long.MinValue;

    private readonly Lock _lock = new();

    private long _bytes;

    /// <summary>The actors to notify when few bytes are left. Guarded by the lock; null without any.</summary>
    private HashSet<IActorRef>? _waiting;

    private volatile bool _isAwaited;

    /// <summary>The remaining bytes at which the waiting actors are notified.</summary>
    private long _notifyBelow;

    /// <summary>The bytes of payloads, and 128 for each publish.</summary>
    public long Bytes => Math.Max(Volatile.Read(ref _bytes), 0);

    /// <returns>False when the backlog is closed and a new one is needed.</returns>
    public bool TryAdd(long bytes)
    {
        var before = Volatile.Read(ref _bytes);
        while (before != Closed)
        {
            var seen = Interlocked.CompareExchange(ref _bytes, before + bytes, before);
            if (seen == before)
            {
                return true;
            }

            before = seen;
        }

        return false;
    }

    /// <summary>Removes bytes that members have taken.</summary>
    public void Remove(long bytes)
    {
        var left = Interlocked.Add(ref _bytes, -bytes);
        if (_isAwaited && left <= Volatile.Read(ref _notifyBelow))
        {
            NotifyWaiting();
        }
    }

    /// <summary>Closes the backlog for good if it is empty.</summary>
    public bool TryClose() => Interlocked.CompareExchange(ref _bytes, Closed, 0) == 0;

    /// <summary>Tells an actor <see cref="PublishBacklogLow"/>, once, when no more than this many bytes are left.</summary>
    public void NotifyBelow(IActorRef actor, long threshold)
    {
        lock (_lock)
        {
            // The largest limit of all waiting actors applies; each actor then checks its own limit.
            _notifyBelow = _waiting is null ? threshold : Math.Max(_notifyBelow, threshold);
            (_waiting ??= []).Add(actor);
            _isAwaited = true;
        }

        // Bytes may have been removed by a thread that did not see _isAwaited yet.
        Interlocked.MemoryBarrier();
        if (Bytes <= Volatile.Read(ref _notifyBelow))
        {
            NotifyWaiting();
        }
    }

    private void NotifyWaiting()
    {
        HashSet<IActorRef>? waiting;
        lock (_lock)
        {
            (waiting, _waiting, _isAwaited) = (_waiting, null, false);
        }

        foreach (var actor in waiting ?? [])
        {
            actor.Tell(PublishBacklogLow.Instance, ActorRefs.NoSender);
        }
    }
}

/// <summary>A backlog has fallen to the limit that an actor asked for.</summary>
internal sealed record PublishBacklogLow : INoSerializationVerificationNeeded
{
    private PublishBacklogLow()
    {
    }

    public static PublishBacklogLow Instance { get; } = new();
}
