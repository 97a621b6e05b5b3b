namespace WsActors.Transport.Sockets;

/// <summary>What a poller looks after: a socket, or who accepts some.</summary>
internal interface IPolled : IThreadPoolWorkItem
{
    int Descriptor { get; }

    /// <summary>What the poller tells. Its thread.</summary>
    /// <returns>Whether <see cref="IThreadPoolWorkItem.Execute"/> is to be called, anywhere: then somebody waits for this.</returns>
    bool Happened(uint events);

    /// <summary>Asked after each <see cref="IThreadPoolWorkItem.Execute"/> by whose thread was not left in it: whether it is to be called once more, now.</summary>
    bool GoesOn() => false;

    /// <summary>Its thread is held up in <see cref="IThreadPoolWorkItem.Execute"/>, and another goes on in its place.</summary>
    void Left()
    {
    }
}
