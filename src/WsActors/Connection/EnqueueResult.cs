namespace WsActors.Connection;

/// <summary>The result of an offer to a <see cref="SendQueue"/>.</summary>
internal enum EnqueueResult
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>It was dropped, as it was to be when the queue is full.</summary>
    Dropped,

    /// <summary>It does not fit, and that is the end of the connection.</summary>
    Overflow,
}
