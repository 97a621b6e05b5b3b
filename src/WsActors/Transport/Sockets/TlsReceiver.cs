using WsActors.Transport.Sources;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Reads the decrypted bytes of TLS. It waits by a zero-byte read, which ends as soon as there are decrypted bytes, also those left of a
/// record that the last read took in part: no byte waits for the next record.
/// </summary>
internal sealed class TlsReceiver(SocketConnection connection, TlsSession session, BufferPool bufferPool)
    : SourceReceiver(connection, bufferPool)
{
    private SocketConnection Connection => (SocketConnection)Source;

    public override void OnReadable() => session.SocketStream.OnReadable();

    protected override void Read()
    {
        if (IsWanted && !Connection.IsClosed && session.TryEnter())
        {
            _ = ReadAsync();
        }
    }

    // Within the gate up to its first wait. It owns the buffer until the buffer is lent.
    private async Task ReadAsync()
    {
        byte[]? buffer = null;
        var (count, failure) = (0, "");
        try
        {
            _ = await session.Stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            buffer = Rent();
            count = await session.Stream.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failure = TlsSession.SentenceOf(e);
        }

        using var runQueue = Connection.TryOpenRunQueue();
        lock (Connection.Gate)
        {
            session.Exit();
            if (buffer is not null && (Connection.IsClosed || failure.Length > 0))
            {
                Return(buffer);
            }

            if (Connection.IsClosed)
            {
                return;
            }

            if (failure.Length > 0)
            {
                Fail(failure);
            }
            else
            {
                OnReceived(buffer!, count);
            }
        }
    }
}
