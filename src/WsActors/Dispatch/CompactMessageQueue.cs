using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace WsActors.Dispatch;

/// <summary>
/// A ring buffer of messages that grows as needed, and shrinks when it is empty. Any thread adds, one at a time takes. The lock spins,
/// since it is held for a few moves. Its release is a full fence: without one Akka's mailbox, which checks next whether it has to run,
/// could miss the message.
/// </summary>
internal sealed class CompactMessageQueue : IMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    /// <summary>The first size of the ring; a power of two, as every size is.</summary>
    private const int MinSize = 4;

    /// <summary>The largest ring that is kept while empty.</summary>
    private const int MaxKeptSize = 32;

    private SpinLock _lock = new(enableThreadOwnerTracking: false);

    /// <summary>The ring; empty until two messages wait at a time. A single message is in <see cref="_only"/>.</summary>
    private Envelope[] _ring = [];

    private Envelope _only;

    /// <summary>The index of the next message; meaningless without a ring.</summary>
    private int _first;

    private int _count;

    /// <summary>The watchdog of the mailbox's runs on a poller's thread; null if it runs no user code there.</summary>
    public IRunWatchdog? Watchdog { get; set; }

    /// <summary>
    /// Whether this mailbox takes no message in <see cref="InlineRuns"/>, because its actor sends to a mailbox that may block senders. Set
    /// by its actor, whose current run may be one of those: that run ends with the current message, and the dispatcher finds the next one a
    /// thread.
    /// </summary>
    public bool StaysOnThreadPool { get; set; }

    /// <summary>The queue of a mailbox; null for another kind of mailbox.</summary>
    public static CompactMessageQueue? From(IRunnable run) => (run as Mailbox)?.MessageQueue as CompactMessageQueue;

    /// <summary>The queue of a local actor; null for another kind of mailbox.</summary>
    public static CompactMessageQueue? From(IActorRef actor) => QueueOf(actor) as CompactMessageQueue;

    /// <summary>
    /// Whether sending to an actor may block: its mailbox is bounded, with a push timeout. True as well for an actor that has not started,
    /// whose mailbox is not known yet.
    /// </summary>
    public static bool MakesSendersWait(IActorRef actor) =>
        actor is ActorRefWithCell { Underlying: UnstartedCell }
        || QueueOf(actor) is IBoundedMessageQueueSemantics { PushTimeOut.Ticks: not 0 };

    /// <summary>Whether a local actor takes all messages in the order in which they were sent: its mailbox is known to do so.</summary>
    public static bool KeepsOrder(IActorRef actor) =>
        QueueOf(actor) is CompactMessageQueue or UnboundedMessageQueue or UnboundedDequeMessageQueue;

    public bool HasMessages => Volatile.Read(ref _count) > 0;

    public int Count => Volatile.Read(ref _count);

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var isMine = false;
        _lock.Enter(ref isMine);
        MakeRoom();
        At(_count) = envelope;
        Volatile.Write(ref _count, _count + 1);
        _lock.Exit();
    }

    public void EnqueueFirst(Envelope envelope)
    {
        var isMine = false;
        _lock.Enter(ref isMine);
        MakeRoom();
        _first = IndexOf(_ring.Length - 1);
        At(0) = envelope;
        Volatile.Write(ref _count, _count + 1);
        _lock.Exit();
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (StaysOnThreadPool && InlineRuns.AreHere)
        {
            envelope = default;
            return false;
        }

        return TryTake(out envelope);
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryTake(out var envelope))
        {
            deadletters.Enqueue(owner, envelope);
        }
    }

    private bool TryTake(out Envelope envelope)
    {
        if (!HasMessages)
        {
            envelope = default;
            return false;
        }

        var isMine = false;
        _lock.Enter(ref isMine);
        ref var first = ref At(0);
        envelope = first;
        first = default;
        _first = IndexOf(1);
        Volatile.Write(ref _count, _count - 1);
        if (_count == 0 && _ring.Length > MaxKeptSize)
        {
            (_ring, _first) = ([], 0);
        }

        _lock.Exit();
        return true;
    }

    private static IMessageQueue? QueueOf(IActorRef actor) => ((actor as ActorRefWithCell)?.Underlying as ActorCell)?.Mailbox?.MessageQueue;

    private ref Envelope At(int position)
    {
        if (_ring.Length == 0)
        {
            return ref _only;
        }

        return ref _ring[IndexOf(position)];
    }

    private int IndexOf(int position) => (_first + position) & (_ring.Length - 1);

    private void MakeRoom()
    {
        if (_count < Math.Max(1, _ring.Length))
        {
            return;
        }

        var larger = new Envelope[Math.Max(MinSize, 2 * _ring.Length)];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }

        (_ring, _first, _only) = (larger, 0, default);
    }
}
