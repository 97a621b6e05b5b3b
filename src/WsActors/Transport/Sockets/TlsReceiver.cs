namespace WsActors.Transport.Sockets;

/// <summary>
/// Reads what TLS has decrypted. It waits by a read of no bytes, too: that ends as soon as anything is decrypted, also bytes left over from
/// a record of which the last read took only a part, so that nothing stays behind until more comes.
/// </summary>
internal sealed class TlsReceiver(SocketConnection connection, TlsSession session, BufferPool bufferPool)
    : SocketReceiver(connection, bufferPool)
{
    public override void OnReadable() => session.SocketStream.OnReadable();

    protected override void Read()
    {
        if (IsWanted && !Connection.IsClosed && session.TryEnter())
        {
            _ = ReadAsync();
        }
    }

    // Under the gate up to its first wait; it owns the buffer until that is lent.
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
