namespace WsActors.Transport.Sockets;

/// <summary>Writes into TLS, one at a time, and says that it is the last by close_notify.</summary>
internal sealed class TlsSender(SocketConnection connection, TlsSession session) : SocketSender(connection)
{
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

    /// <summary>An error that happens at once is found by awaiting, as a later one is.</summary>
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
            // A peer that is gone needs no close_notify; reading finds that out.
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
