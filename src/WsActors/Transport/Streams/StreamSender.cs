using WsActors.Transport.Sources;

namespace WsActors.Transport.Streams;

/// <summary>Writes to a stream and flushes it, one write at a time. A write that the stream takes at once allocates nothing.</summary>
internal sealed class StreamSender(StreamConnection connection) : SourceSender(connection)
{
    private StreamConnection Connection => (StreamConnection)Source;

    protected override bool TrySend(in PendingWrite pendingWrite)
    {
        if (!Connection.TryEnter())
        {
            return false;
        }

        var writing = WriteAsync(pendingWrite.Bytes);
        if (writing.IsCompletedSuccessfully)
        {
            Connection.Exit();
            return true;
        }

        Wait(pendingWrite);
        _ = SendRestAsync(writing);
        return false;
    }

    /// <summary>Turns an error that is thrown at once into a failed task, like a later one.</summary>
    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var stream = Connection.Stream!; // not null: an operation has begun
            var writing = stream.WriteAsync(bytes, CancellationToken.None);
            if (!writing.IsCompletedSuccessfully)
            {
                return FlushBehindAsync(writing, stream);
            }

            var flushing = stream.FlushAsync(CancellationToken.None);
            return flushing.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(flushing);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ValueTask.FromException(e);
        }
    }

    private static async ValueTask FlushBehindAsync(ValueTask writing, Stream stream)
    {
        await writing.ConfigureAwait(false);
        await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task SendRestAsync(ValueTask writing)
    {
        var isLast = false;
        while (!isLast)
        {
            var failure = "";
            try
            {
                await writing.ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure = StreamConnection.SentenceOf(e);
            }

            using var runQueue = Connection.TryOpenRunQueue();
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

                isLast = !TryPeek(out var next) || Connection.IsClosed;
                if (isLast)
                {
                    Connection.Exit();
                }
                else
                {
                    writing = WriteAsync(next.Bytes);
                }
            }
        }
    }
}
