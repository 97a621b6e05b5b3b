namespace WsActors.Transport.Sockets;

/// <summary>Writes into TLS, one at a time, and says that it is the last by close_notify.</summary>
internal sealed class TlsOutgoing(SocketConnection connection, TlsSession session) : Outgoing(connection)
{
    public override void Finish()
    {
        if (session.TryEnter())
        {
            _ = FinishAsync();
        }
    }

    public override void Sent(string? failure) => session.Bytes.Sent(failure);

    protected override bool TrySend(in Item item)
    {
        if (!session.TryEnter())
        {
            return false;
        }

        var writing = StartAsync(item);
        if (writing.IsCompletedSuccessfully)
        {
            session.Leave();
            return true;
        }

        Wait(item);
        _ = SendRestAsync(writing);
        return false;
    }

    /// <summary>What goes wrong at once is found by awaiting, as what goes wrong later.</summary>
    private ValueTask StartAsync(Item item)
    {
        try
        {
            return session.Stream.WriteAsync(item.Bytes);
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
                if (!Connection.IsOver && failure.Length == 0)
                {
                    FinishFirst();
                }
                else if (!Connection.IsOver)
                {
                    Connection.Fail(failure);
                }

                if (Connection.IsOver || !TryPeek(out var next))
                {
                    session.Leave();
                    return;
                }

                writing = StartAsync(next);
            }
        }
    }

    private async Task FinishAsync()
    {
        try
        {
            await session.Stream.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever is gone needs no goodbye; reading finds that out.
        }

        lock (Connection.Gate)
        {
            session.Leave();
            if (!Connection.IsOver)
            {
                Connection.Finished();
            }
        }
    }
}
