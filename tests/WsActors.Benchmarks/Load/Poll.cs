using System.Runtime.InteropServices;

namespace WsActors.Benchmarks.Load;

/// <summary>Tells which sockets can be read or written: Linux's epoll, used by one thread.</summary>
internal sealed class Poll : IDisposable
{
    private const int MostAtOnce = 512;

    // struct epoll_event: 32 bits of events, and 64 bits of user data, without a gap on x86 only.
    private static readonly int OwnOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    private static readonly int EventBytes = OwnOffset + sizeof(long);

    private readonly int _poll = Libc.Checked(Libc.NewPoll(0), "epoll_create1");

    private readonly byte[] _ready = new byte[MostAtOnce * EventBytes];

    /// <summary>Watches a socket for being readable, and writable if asked.</summary>
    /// <param name="socket">Whatever its number was used for before must have been closed.</param>
    /// <param name="index">The index that <see cref="Ready"/> returns.</param>
    /// <param name="writable">Whether to watch for that, too.</param>
    public void Add(int socket, int index, bool writable) => Control(Libc.Add, socket, index, writable);

    /// <summary>Watches it for something else.</summary>
    public void Change(int socket, int index, bool writable) => Control(Libc.Modify, socket, index, writable);

    /// <summary>Waits until a socket is ready, or for a time.</summary>
    /// <returns>The number of ready sockets.</returns>
    public int Wait(int milliseconds) => Math.Max(0, Libc.Wait(_poll, ref _ready[0], MostAtOnce, milliseconds));

    /// <summary>The index and the events of the n-th ready socket.</summary>
    public (int Index, uint Events) Ready(int n)
    {
        var ready = _ready.AsSpan(n * EventBytes, EventBytes);
        return ((int)MemoryMarshal.Read<long>(ready[OwnOffset..]), MemoryMarshal.Read<uint>(ready));
    }

    public void Dispose() => _ = Libc.Close(_poll);

    private void Control(int operation, int socket, int index, bool writable)
    {
        Span<byte> pollEvent = stackalloc byte[EventBytes];
        MemoryMarshal.Write(pollEvent, Libc.Readable | (writable ? Libc.Writable : 0));
        MemoryMarshal.Write(pollEvent[OwnOffset..], (long)index);
        Libc.Checked(Libc.Control(_poll, operation, socket, ref pollEvent[0]), "epoll_ctl");
    }
}
