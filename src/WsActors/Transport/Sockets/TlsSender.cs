using WsActors.Transport.Sources;

namespace WsActors.Transport.Sockets;

/// <summary>Writes into TLS, one write at a time, and ends with close_notify (RFC 8446 §6.1).</summary>
internal sealed class TlsSender(SocketConnection connection, TlsSession session) : SourceSender(connection)
{
    private SocketConnection Connection => (SocketConnection)Source;

    public override void Complete()
    {
        if (session.TryEnter())
        {
            _ = CompleteAsync();
        }
    }

    public override void OnSent(string? failure) => session.SocketStream.OnSent(failure);

    protected override bool TrySend(in PendingWrite pendingWrite)
    {
        if (!session.TryEnter())
        {
            return false;
        }

        var writing = StartAsync(pendingWrite);
        if (writing.IsCompletedSuccessfully)
        {
            session.Exit();
            return true;
        }

        Wait(pendingWrite);
        _ = SendRestAsync(writing);
        return false;
    }

    /// <summary>Turns an error that is thrown at once into a failed task, like a later one.</summary>
    private ValueTask StartAsync(PendingWrite pendingWrite)
    {
        try
        {
            return session.Stream.WriteAsync(pendingWrite.Bytes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ValueTask.FromException(e);
        }
    }

    private async Task SendRestAsync(ValueTask writing)
    {
        while (true)
        {
            var failure = "";
            try
            {
                await writing.ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure = TlsSession.SentenceOf(e);
            }

            lock (Connection.Gate)
            {
                if (!Connection.IsClosed && failure.Length == 0)
                {
                    CompleteFirst();
                }
                else if (!Connection.IsClosed)
                {
                    Connection.Fail(failure);
                }

                if (Connection.IsClosed || !TryPeek(out var next))
                {
                    session.Exit();
                    return;
                }

                writing = StartAsync(next);
            }
        }
    }

    private async Task CompleteAsync()
    {
        try
        {
            await session.Stream.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A peer that has disconnected needs no close_notify; the next read finds the end.
        }

        lock (Connection.Gate)
        {
            session.Exit();
            if (!Connection.IsClosed)
            {
                Connection.OnSendCompleted();
            }
        }
    }
}
