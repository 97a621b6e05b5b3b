namespace WsActors.Transport.Sockets;

/// <summary>A socket that a poller waits for: of a connection, or of a listener.</summary>
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
