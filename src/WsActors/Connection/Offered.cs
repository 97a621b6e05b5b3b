namespace WsActors.Connection;

/// <summary>What became of a message that was offered to an <see cref="Outbox"/>.</summary>
internal enum Offered
{
    /// <summary>It waits for its turn.</summary>
    Taken,

    /// <summary>It was dropped, as it was to be when the queue is full.</summary>
    Dropped,

    /// <summary>It does not fit, and that is the end of the connection.</summary>
    Full,
}
