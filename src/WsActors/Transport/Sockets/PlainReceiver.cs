using WsActors.Transport.Sources;

namespace WsActors.Transport.Sockets;

/// <summary>Reads without TLS. It rents a buffer once the socket is readable.</summary>
internal sealed class PlainReceiver(SocketConnection connection, BufferPool bufferPool) : SourceReceiver(connection, bufferPool)
{
    private SocketConnection Connection => (SocketConnection)Source;

    public override void OnReadable()
    {
        using var runQueue = Connection.TryOpenRunQueue();
        lock (Connection.Gate)
        {
            Read();
        }
    }

    protected override void ReadLater() => Connection.NonBlockingSocket.ReadLater();

    protected override void Read()
    {
        while (IsWanted && !Connection.IsClosed && Connection.NonBlockingSocket.IsReadable())
        {
            var buffer = Rent();
            var count = Connection.NonBlockingSocket.TryReceive(buffer, out var failure);
            if (count >= 0)
            {
                OnReceived(buffer, count);
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
