namespace WsActors.Transport.Sockets;

/// <summary>
/// Reads and writes of a socket that never block, and the wait for the next: by a poller of ours, or by the runtime. One thread reads at a
/// time, and one writes. The end of a wait is reported to the connection, on another thread, outside its gate.
/// </summary>
internal abstract class NonBlockingSocket(SocketConnection connection)
{
    protected SocketConnection Connection => connection;

    /// <summary>
    /// Whether there may be something to read. If not, <see cref="SocketConnection.OnReadable"/> is called once, when there may be.
    /// </summary>
    public abstract bool IsReadable();

    /// <summary>Reads what is there, once it is readable.</summary>
    /// <param name="room">Where to; not empty.</param>
    /// <param name="failure">Why nothing will come any more, in one line; null if it may.</param>
    /// <returns>How many bytes; zero at the end, -1 if there are none after all.</returns>
    public abstract int TryReceive(Span<byte> room, out string? failure);

    /// <summary>
    /// Lets the kernel take bytes, as many as it does at once. The rest leaves by itself: then <see cref="SocketConnection.OnSent"/> is
    /// called.
    /// </summary>
    /// <param name="bytes">They do not change until then.</param>
    /// <param name="isLast">Whether the end comes right behind: then both may leave as one segment, and until then nothing.</param>
    /// <param name="failure">Why they will not leave, in one line: then nothing is called.</param>
    /// <returns>Whether it took all: then nothing is called.</returns>
    public abstract bool TrySend(ReadOnlyMemory<byte> bytes, bool isLast, out string? failure);

    /// <summary>Closes the socket. Waiting callbacks are called and find it closed.</summary>
    public abstract void Close();
}
