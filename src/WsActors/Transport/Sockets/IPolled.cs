namespace WsActors.Transport.Sockets;

/// <summary>What a poller waits for: a connection's socket, or one that listens.</summary>
internal interface IPolled
{
    int Descriptor { get; }

    /// <summary>
    /// Deals with what happened to the descriptor. The poller's thread, which serves no other socket meanwhile. Now and then it is what happened to the
    /// socket that had the descriptor before, from another poller's thread.
    /// </summary>
    /// <param name="events">Of <see cref="Epoll"/>.</param>
    void OnEvents(uint events);
}
