using Akka.Actor;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The writes of a connection, plain or within TLS, in order. A write is acknowledged when the kernel took it, unless it did so at once. Part of its
/// connection, under its gate.
/// </summary>
internal abstract class Outgoing(SocketConnection connection)
{
    /// <summary>The writes that the kernel has not taken whole; null until one had to wait.</summary>
    private Queue<Item>? _waiting;

    protected SocketConnection Connection => connection;

    public bool IsEmpty => _waiting is null or { Count: 0 };

    /// <returns>Whether the kernel took all of it at once: then no ack comes.</returns>
    public bool TryWrite(in Item item)
    {
        if (IsEmpty)
        {
            return TrySend(item);
        }

        _waiting!.Enqueue(item);
        return false;
    }

    /// <summary>All writes have left, and none follows: tells the peer, where TLS has a way to, then the connection.</summary>
    public virtual void Finish() => connection.Finished();

    /// <summary>Drops the writes that wait.</summary>
    public void Clear() => _waiting = null;

    /// <summary>What was left of a write has left the socket, or will not. Outside the gate.</summary>
    /// <param name="failure">Why it will not; null if it has.</param>
    public abstract void Sent(string? failure);

    /// <summary>Sends one before which none waits, and lets it wait if it is not taken at once.</summary>
    /// <inheritdoc cref="TryWrite" path="/returns"/>
    protected abstract bool TrySend(in Item item);

    protected void Wait(in Item item) => (_waiting ??= []).Enqueue(item);

    /// <summary>The first that waits.</summary>
    protected bool TryPeek(out Item item)
    {
        item = default;
        return _waiting is not null && _waiting.TryPeek(out item);
    }

    /// <summary>The first that waits was taken.</summary>
    protected void FinishFirst()
    {
        Acknowledge(_waiting!.Dequeue());
        if (IsEmpty)
        {
            connection.Written();
        }
    }

    private void Acknowledge(in Item item)
    {
        if (item.Ack is not null)
        {
            item.Sender.Tell(item.Ack, connection);
        }
    }

    /// <summary>One write.</summary>
    /// <param name="Bytes">They do not change until the ack.</param>
    /// <param name="Ack">Told when the kernel took the last of them; null for nothing.</param>
    /// <param name="Sender">Who is told.</param>
    /// <param name="IsLast">Whether the end comes right behind: then they may leave together.</param>
    internal readonly record struct Item(ReadOnlyMemory<byte> Bytes, object? Ack, IActorRef Sender, bool IsLast = false);
}
