using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WsActors.Transport.Sockets;

/// <summary>Writes to the socket. What the kernel takes at once is done at once; for the rest it waits.</summary>
[SuppressMessage("Design", "CA1001", Justification = "It disposes of what it owns when it is cleared.")]
internal sealed class PlainOutgoing(SocketConnection connection) : Outgoing(connection)
{
    /// <summary>What waits for the kernel; null until something does.</summary>
    private Sending? _sending;

    public override void Clear()
    {
        base.Clear();
        _sending?.Dispose();
    }

    protected override bool TrySend(in Item item)
    {
        var sent = Connection.Socket.Send(item.Bytes.Span, SocketFlags.None, out var error);
        if (error == SocketError.Success && sent == item.Bytes.Length)
        {
            return true;
        }

        if (error is SocketError.Success or SocketError.WouldBlock)
        {
            Wait(item);
            SendRest(error == SocketError.Success ? sent : 0);
        }
        else
        {
            Fail(error);
        }

        return false;
    }

    /// <summary>Lets the kernel take what waits when it can.</summary>
    /// <param name="sent">Of the first, so many bytes have left.</param>
    private void SendRest(int sent)
    {
        _sending ??= new Sending(this);
        while (TryPeek(out var next))
        {
            _sending.SetBuffer(MemoryMarshal.AsMemory(next.Bytes[sent..]));
            sent = 0;
            if (Connection.Socket.SendAsync(_sending))
            {
                return;
            }

            EndFirst();
        }
    }

    private void EndFirst()
    {
        if (_sending!.SocketError == SocketError.Success)
        {
            FinishFirst();
        }
        else
        {
            Fail(_sending.SocketError);
        }
    }

    private void GoOn()
    {
        using var turn = Connection.BeginTurn();
        lock (Connection.Gate)
        {
            if (!Connection.IsOver)
            {
                EndFirst();
                SendRest(0);
            }
        }
    }

    private void Fail(SocketError error) => Connection.Fail(new SocketException((int)error).Message);

    private sealed class Sending(PlainOutgoing outgoing) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => outgoing.GoOn();
    }
}
