namespace WsActors.Transport.Sockets;

/// <summary>Reads as they come from the socket. It rents a buffer when there is something.</summary>
internal sealed class PlainIncoming(SocketConnection connection, Buffers buffers) : Incoming(connection, buffers)
{
    public override void GoOn()
    {
        using var turn = Connection.BeginTurn();
        lock (Connection.Gate)
        {
            Read();
        }
    }

    protected override void Read()
    {
        while (IsWanted && !Connection.IsOver && Connection.Bytes.IsReadable())
        {
            var buffer = Rent();
            var count = Connection.Bytes.TryReceive(buffer, out var failure);
            if (count >= 0)
            {
                Came(buffer, count);
                return;
            }

            Return(buffer);
            IsMuch = false;
            if (failure is not null)
            {
                Fail(failure);
            }
        }
    }
}
