namespace WsActors.Connection;

/// <summary>The result of an offer to a <see cref="SendQueue"/>.</summary>
internal enum EnqueueResult
{
    /// <summary>The message is queued.</summary>
    Queued,

    /// <summary>The queue is full, and the message was dropped by its overflow policy.</summary>
    Dropped,

    /// <summary>The message does not fit, and the connection must end.</summary>
    Overflow,
}
