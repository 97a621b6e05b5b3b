using Akka.Actor;

namespace WsActors.Transport.Sources;

/// <summary>
/// The writes of a source, in order. A write is acknowledged when the transport took it, except one that it took at once. Part of its
/// source, within its gate.
/// </summary>
internal abstract class SourceSender(SourceRef source)
{
    /// <summary>The writes that the transport has not taken completely; null until one had to wait.</summary>
    private Queue<PendingWrite>? _waiting;

    protected SourceRef Source => source;

    public bool IsEmpty => _waiting is null or { Count: 0 };

    /// <returns>True when the transport took all bytes at once: then no ack follows.</returns>
    public bool TryWrite(in PendingWrite pendingWrite)
    {
        if (IsEmpty)
        {
            return TrySend(pendingWrite);
        }

        _waiting!.Enqueue(pendingWrite);
        return false;
    }

    /// <summary>All writes were sent, and none follows: with TLS sends close_notify, then tells the source.</summary>
    public virtual void Complete() => source.OnSendCompleted();

    /// <summary>Drops the waiting writes.</summary>
    public void Clear() => _waiting = null;

    /// <summary>The rest of a write was sent, or failed. Called outside the gate, by sources that have such callbacks.</summary>
    /// <param name="failure">The failure in one line; null when it was sent.</param>
    public virtual void OnSent(string? failure)
    {
    }

    /// <summary>Sends a write while none waits. It waits if the transport does not take it at once.</summary>
    /// <inheritdoc cref="TryWrite" path="/returns"/>
    protected abstract bool TrySend(in PendingWrite pendingWrite);

    protected void Wait(in PendingWrite pendingWrite) => (_waiting ??= []).Enqueue(pendingWrite);

    /// <summary>The first waiting write.</summary>
    protected bool TryPeek(out PendingWrite pendingWrite)
    {
        pendingWrite = default;
        return _waiting is not null && _waiting.TryPeek(out pendingWrite);
    }

    /// <summary>The first waiting write was sent.</summary>
    protected void CompleteFirst()
    {
        Acknowledge(_waiting!.Dequeue());
        if (IsEmpty)
        {
            source.OnAllWritten();
        }
    }

    private void Acknowledge(in PendingWrite pendingWrite)
    {
        if (pendingWrite.Ack is not null)
        {
            pendingWrite.Sender.Tell(pendingWrite.Ack, source);
        }
    }

    /// <summary>One write.</summary>
    /// <param name="Bytes">Bytes that do not change until the acknowledgement.</param>
    /// <param name="Ack">The acknowledgement, sent when the transport took the last byte; null for none.</param>
    /// <param name="Sender">The receiver of the acknowledgement.</param>
    /// <param name="IsLast">Whether the end of the stream follows at once: both may leave in one segment.</param>
    internal readonly record struct PendingWrite(ReadOnlyMemory<byte> Bytes, object? Ack, IActorRef Sender, bool IsLast = false);
}
