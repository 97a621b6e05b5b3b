namespace WsActors.Transport.Sockets;

/// <summary>
/// Reads what TLS has decrypted. It waits by a read of no bytes, too: that ends as soon as anything is decrypted, were it left over from a
/// record of which the last read took only a part, so that nothing stays behind until more comes.
/// </summary>
internal sealed class TlsIncoming(SocketConnection connection, TlsSession session, Buffers buffers) : Incoming(connection, buffers)
{
    public override void GoOn() => session.Bytes.GoOnReading();

    protected override void Read()
    {
        if (IsWanted && !Connection.IsOver && session.TryEnter())
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

        using var turn = Connection.BeginTurn();
        lock (Connection.Gate)
        {
            session.Leave();
            if (buffer is not null && (Connection.IsOver || failure.Length > 0))
            {
                Return(buffer);
            }

            if (Connection.IsOver)
            {
                return;
            }

            if (failure.Length > 0)
            {
                Fail(failure);
            }
            else
            {
                Came(buffer!, count);
            }
        }
    }
}
