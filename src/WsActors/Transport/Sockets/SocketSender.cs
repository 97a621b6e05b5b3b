using Akka.Actor;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The writes of a connection, plain or within TLS, in order. A write is acknowledged when the kernel took it, unless it did so at once.
/// Part of its connection, under its gate.
/// </summary>
internal abstract class SocketSender(SocketConnection connection)
{
    /// <summary>The writes that the kernel has not taken whole; null until one had to wait.</summary>
    private Queue<PendingWrite>? _waiting;

    protected SocketConnection Connection => connection;

    public bool IsEmpty => _waiting is null or { Count: 0 };

    /// <returns>Whether the kernel took all of it at once: then no ack comes.</returns>
    public bool TryWrite(in PendingWrite pendingWrite)
    {
        if (IsEmpty)
        {
            return TrySend(pendingWrite);
        }

        _waiting!.Enqueue(pendingWrite);
        return false;
    }

    /// <summary>All writes have left, and none follows: tells the peer, where TLS has a way to, then the connection.</summary>
    public virtual void Complete() => connection.OnSendCompleted();

    /// <summary>Drops the writes that wait.</summary>
    public void Clear() => _waiting = null;

    /// <summary>The rest of a write was sent, or failed. Called outside the gate.</summary>
    /// <param name="failure">Why it will not; null if it has.</param>
    public abstract void OnSent(string? failure);

    /// <summary>Sends one before which none waits, and lets it wait if it is not taken at once.</summary>
    /// <inheritdoc cref="TryWrite" path="/returns"/>
    protected abstract bool TrySend(in PendingWrite pendingWrite);

    protected void Wait(in PendingWrite pendingWrite) => (_waiting ??= []).Enqueue(pendingWrite);

    /// <summary>The first that waits.</summary>
    protected bool TryPeek(out PendingWrite pendingWrite)
    {
        pendingWrite = default;
        return _waiting is not null && _waiting.TryPeek(out pendingWrite);
    }

    /// <summary>The first that waits was taken.</summary>
    protected void CompleteFirst()
    {
        Acknowledge(_waiting!.Dequeue());
        if (IsEmpty)
        {
            connection.OnAllWritten();
        }
    }

    private void Acknowledge(in PendingWrite pendingWrite)
    {
        if (pendingWrite.Ack is not null)
        {
            pendingWrite.Sender.Tell(pendingWrite.Ack, connection);
        }
    }

    /// <summary>One write.</summary>
    /// <param name="Bytes">Bytes that do not change until the acknowledgement.</param>
    /// <param name="Ack">Told when the kernel took the last of them; null for nothing.</param>
    /// <param name="Sender">The receiver of the acknowledgement.</param>
    /// <param name="IsLast">Whether the end comes right behind: then they may leave together.</param>
    internal readonly record struct PendingWrite(ReadOnlyMemory<byte> Bytes, object? Ack, IActorRef Sender, bool IsLast = false);
}
