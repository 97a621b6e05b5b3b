namespace WsActors.Transport.Polling;

/// <summary>A socket that a poller watches: a connection's, or a listener's.</summary>
internal interface IPolled
{
    int Descriptor { get; }

    /// <summary>
    /// Handles events of the descriptor, on the poller's thread: its other sockets wait meanwhile. It throws nothing. A late event of the
    /// socket that had the descriptor before comes here, too, and from another poller's thread.
    /// </summary>
    /// <param name="events">The flags of <see cref="Epoll"/>.</param>
    void OnEvents(uint events);
}
