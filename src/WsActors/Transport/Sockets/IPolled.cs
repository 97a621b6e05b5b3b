namespace WsActors.Transport.Sockets;

/// <summary>What a poller looks after: a socket, or who accepts some.</summary>
internal interface IPolled : IThreadPoolWorkItem
{
    int Descriptor { get; }

    /// <summary>What the poller tells. Its thread.</summary>
    /// <returns>Whether <see cref="IThreadPoolWorkItem.Execute"/> is to be called, anywhere: then somebody waits for this.</returns>
    bool Happened(uint events);
}
