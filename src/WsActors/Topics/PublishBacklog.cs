using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// What one publisher has published and members have not taken into their send queues. Its connection is not read while that is much. Any
/// thread.
/// </summary>
internal sealed class PublishBacklog
{
    private const long Ended = long.MinValue;

    private readonly Lock _lock = new();

    private long _bytes;

    /// <summary>The actors told when little is left. Guarded by the lock; null while nobody waits.</summary>
    private HashSet<IActorRef>? _waiting;

    private volatile bool _isAwaited;

    /// <summary>The remaining bytes at which they are told.</summary>
    private long _notifyBelow;

    /// <summary>Payloads, and 128 bytes a publish.</summary>
    public long Bytes => Math.Max(Volatile.Read(ref _bytes), 0);

    /// <returns>False when it has ended: another one begins.</returns>
    public bool TryAdd(long bytes)
    {
        var before = Volatile.Read(ref _bytes);
        while (before != Ended)
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

    /// <summary>Members have taken so much of it.</summary>
    public void Remove(long bytes)
    {
        var left = Interlocked.Add(ref _bytes, -bytes);
        if (_isAwaited && left <= Volatile.Read(ref _notifyBelow))
        {
            TellWaiting();
        }
    }

    /// <summary>Ends it, if nothing is left. Nothing is added to it any more.</summary>
    public bool TryClose() => Interlocked.CompareExchange(ref _bytes, Ended, 0) == 0;

    /// <summary>Has an actor told <see cref="PublishBacklogLow"/>, once, when no more than so much is left.</summary>
    public void NotifyBelow(IActorRef actor, long little)
    {
        lock (_lock)
        {
            // Where several wait, each looks for itself whether that is little enough.
            _notifyBelow = _waiting is null ? little : Math.Max(_notifyBelow, little);
            (_waiting ??= []).Add(actor);
            _isAwaited = true;
        }

        // What was taken before anybody could know that it is awaited.
        Interlocked.MemoryBarrier();
        if (Bytes <= Volatile.Read(ref _notifyBelow))
        {
            TellWaiting();
        }
    }

    private void TellWaiting()
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

/// <summary>Little is left of what was awaited.</summary>
internal sealed class PublishBacklogLow : INoSerializationVerificationNeeded
{
    private PublishBacklogLow()
    {
    }

    public static PublishBacklogLow Instance { get; } = new();
}
