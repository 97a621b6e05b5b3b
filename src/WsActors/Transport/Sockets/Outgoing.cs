using Akka.Actor;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The writes of a connection, in order, each acknowledged when the kernel took it, unless it did so at once. How they leave, plainly or within
/// TLS, is its kinds'. Part of its connection, under its gate.
/// </summary>
internal abstract class Outgoing(SocketConnection connection)
{
    /// <summary>Those that were not taken to their last byte; null until one was not taken at once.</summary>
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

    /// <summary>Nothing will be written any more, and all that was has left: says so to the peer, if there is a way, and then that it has.</summary>
    public virtual void Finish() => connection.Finished();

    /// <summary>None will be taken any more.</summary>
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
