namespace WsActors.Transport.Sockets;

/// <summary>Writes to the socket. What the kernel takes at once is done at once.</summary>
internal sealed class PlainOutgoing(SocketConnection connection) : Outgoing(connection)
{
    public override void Sent(string? failure)
    {
        using var turn = Connection.BeginTurn();
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

    protected override bool TrySend(in Item item)
    {
        if (Connection.Bytes.TrySend(item.Bytes, item.IsLast, out var failure))
        {
            return true;
        }

        if (failure is null)
        {
            Wait(item);
        }
        else
        {
            Connection.Fail(failure);
        }

        return false;
    }

    /// <summary>The first that waited was taken: sends what waits behind it, as long as the kernel takes that at once.</summary>
    private void SendNext()
    {
        while (!Connection.IsOver)
        {
            FinishFirst();
            if (!TryPeek(out var next))
            {
                return;
            }

            if (!Connection.Bytes.TrySend(next.Bytes, next.IsLast, out var failure))
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
