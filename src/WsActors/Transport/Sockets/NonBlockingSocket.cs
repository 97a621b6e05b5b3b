namespace WsActors.Transport.Sockets;

/// <summary>
/// Non-blocking reads and writes of a socket, and the waits for it to be ready: by our pollers, or by the runtime. One thread reads at a
/// time, and one writes. The connection is told the end of a wait on another thread, outside its gate.
/// </summary>
internal abstract class NonBlockingSocket(SocketConnection connection)
{
    protected SocketConnection Connection => connection;

    /// <summary>
    /// Whether a read may find bytes. If not, <see cref="SocketConnection.OnReadable"/> is called once it may.
    /// </summary>
    public abstract bool IsReadable();

    /// <summary>Calls <see cref="SocketConnection.OnReadable"/> behind other work. Called instead of <see cref="IsReadable"/>.</summary>
    public abstract void ReadLater();

    /// <summary>Reads the available bytes. Called after <see cref="IsReadable"/>.</summary>
    /// <param name="room">The destination; not empty.</param>
    /// <param name="failure">The failure that ends the stream, in one line; null without one.</param>
    /// <returns>The number of bytes; 0 at the end of the stream, -1 when there are none after all.</returns>
    public abstract int TryReceive(Span<byte> room, out string? failure);

    /// <summary>
    /// Sends bytes. If the kernel does not take all at once, the rest is sent later, and <see cref="SocketConnection.OnSent"/> is called at
    /// its end.
    /// </summary>
    /// <param name="bytes">The bytes. They must not change until their end.</param>
    /// <param name="isLast">Whether the end of the stream follows at once: the kernel may hold the bytes back for it.</param>
    /// <param name="failure">The failure in one line; null without one. After a failure nothing is called.</param>
    /// <returns>True when the kernel took all bytes: then nothing is called.</returns>
    public abstract bool TrySend(ReadOnlyMemory<byte> bytes, bool isLast, out string? failure);

    /// <summary>Closes the socket. Pending waits end, and their callbacks find it closed.</summary>
    public abstract void Close();
}
