using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Actor;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The writes of a socket, in order. What the kernel takes at once is done at once; for the rest it waits. Part of its connection, under its
/// gate.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It disposes of what it owns when it is cleared.")]
internal sealed class Outgoing(SocketConnection connection)
{
    /// <summary>Those that were not taken to their last byte; null until one was not taken at once.</summary>
    private Queue<Item>? _waiting;

    /// <summary>What waits for the kernel; null until something does.</summary>
    private Sending? _sending;

    public bool IsEmpty => _waiting is null or { Count: 0 };

    /// <returns>Whether the kernel took all of it at once: then no ack comes.</returns>
    public bool TryWrite(in Item item)
    {
        if (!IsEmpty)
        {
            _waiting!.Enqueue(item);
            return false;
        }

        var sent = connection.Socket.Send(item.Bytes.Span, SocketFlags.None, out var error);
        if (error == SocketError.Success && sent == item.Bytes.Length)
        {
            return true;
        }

        if (error is SocketError.Success or SocketError.WouldBlock)
        {
            (_waiting ??= []).Enqueue(item);
            SendRest(error == SocketError.Success ? sent : 0);
        }
        else
        {
            connection.Fail(error);
        }

        return false;
    }

    /// <summary>None will be taken any more.</summary>
    public void Clear()
    {
        _waiting = null;
        _sending?.Dispose();
    }

    /// <summary>Lets the kernel take what waits when it can.</summary>
    /// <param name="sent">Of the first, so many bytes have left.</param>
    private void SendRest(int sent)
    {
        _sending ??= new Sending(this);
        while (_waiting is not null && _waiting.TryPeek(out var next))
        {
            _sending.SetBuffer(MemoryMarshal.AsMemory(next.Bytes[sent..]));
            sent = 0;
            if (connection.Socket.SendAsync(_sending))
            {
                return;
            }

            FinishFirst();
        }
    }

    private void FinishFirst()
    {
        if (_sending!.SocketError == SocketError.Success)
        {
            Acknowledge(_waiting!.Dequeue());
            if (IsEmpty)
            {
                connection.Written();
            }
        }
        else
        {
            connection.Fail(_sending.SocketError);
        }
    }

    private void GoOn()
    {
        lock (connection.Gate)
        {
            if (!connection.IsOver)
            {
                FinishFirst();
                SendRest(0);
            }
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
    internal readonly record struct Item(ReadOnlyMemory<byte> Bytes, object? Ack, IActorRef Sender);

    private sealed class Sending(Outgoing outgoing) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => outgoing.GoOn();
    }
}
