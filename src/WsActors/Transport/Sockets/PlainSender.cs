using WsActors.Transport.Sources;

namespace WsActors.Transport.Sockets;

/// <summary>Writes without TLS. A write that the kernel takes at once needs no callback.</summary>
internal sealed class PlainSender(SocketConnection connection) : SourceSender(connection)
{
    private SocketConnection Connection => (SocketConnection)Source;

    public override void OnSent(string? failure)
    {
        using var runQueue = Connection.TryOpenRunQueue();
        lock (Connection.Gate)
        {
            if (failure is null)
            {
                SendNext();
            }
            else
            {
                Connection.Fail(failure);
            }
        }
    }

    protected override bool TrySend(in PendingWrite pendingWrite)
    {
        if (Connection.NonBlockingSocket.TrySend(pendingWrite.Bytes, pendingWrite.IsLast, out var failure))
        {
            return true;
        }

        if (failure is null)
        {
            Wait(pendingWrite);
        }
        else
        {
            Connection.Fail(failure);
        }

        return false;
    }

    /// <summary>The first waiting write was sent: sends the next ones while the kernel takes them at once.</summary>
    private void SendNext()
    {
        while (!Connection.IsClosed)
        {
            CompleteFirst();
            if (!TryPeek(out var next))
            {
                return;
            }

            if (!Connection.NonBlockingSocket.TrySend(next.Bytes, next.IsLast, out var failure))
            {
                if (failure is not null)
                {
                    Connection.Fail(failure);
                }

                return;
            }
        }
    }
}
