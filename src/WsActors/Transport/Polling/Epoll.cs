using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WsActors.Transport.Polling;

/// <summary>Linux's epoll(7): reports the events of many sockets. One thread waits; any thread adds.</summary>
internal sealed class Epoll : IDisposable
{
    /// <summary>There is something to read: bytes, the end, or a failure.</summary>
    public const uint In = 0x1 | Urgent | Error | HungUp | PeerHungUp;

    /// <summary>There is room to write, or a failure.</summary>
    public const uint Out = 0x4 | Error | HungUp;

    /// <summary>There may be more behind the first short read: the end, an error, or bytes behind urgent ones.</summary>
    public const uint More = Urgent | Error | HungUp | PeerHungUp;

    private const uint Urgent = 0x2;

    private const uint Error = 0x8;

    private const uint HungUp = 0x10;

    private const uint PeerHungUp = 0x2000;

    private const uint EdgeTriggered = 1u << 31;

    private const uint OneShot = 1u << 30;

    private const uint EachChange = In | Out | EdgeTriggered;

    private const int CloseOnExec = 0x80000;

    private const int ToAdd = 1;

    private const int ToModify = 3;

    /// <summary>The most events of one wait.</summary>
    private const int MostEvents = 256;

    /// <summary>
    /// The offset of the data in a <c>struct epoll_event</c>, which is its last field: the struct is packed on x86 alone.
    /// </summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    private static readonly int EventBytes = DataOffset + 8;

    private readonly SafeFileHandle _handle;

    /// <summary>An eventfd that is readable from the start: once added, it ends every wait.</summary>
    private readonly SafeFileHandle _wake;

    /// <summary>Pinned: the kernel writes to it during a wait.</summary>
    private readonly byte[] _events = GC.AllocateArray<byte>(MostEvents * EventBytes, pinned: true);

    public Epoll()
    {
        _handle = Create(CloseOnExec);
        _wake = CreateEvent(1, CloseOnExec);
        if (_handle.IsInvalid || _wake.IsInvalid)
        {
            Dispose();
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }
    }

    /// <summary>Reports each change of a descriptor once, the present state first, until it is closed.</summary>
    /// <exception cref="SocketException">The system takes no more.</exception>
    public void Add(int descriptor) => Control(ToAdd, descriptor, EachChange);

    /// <summary>Reports the present state, behind the events of other descriptors.</summary>
    /// <param name="descriptor">An open descriptor of <see cref="Add"/>.</param>
    public void ReportAgain(int descriptor) => TryControl(ToModify, descriptor, EachChange);

    /// <summary>Reports once that a descriptor is readable, then nothing until <see cref="Rearm"/>.</summary>
    /// <exception cref="SocketException">The system takes no more.</exception>
    public void AddOneShot(int descriptor) => Control(ToAdd, descriptor, In | OneShot);

    /// <summary>Reports once more.</summary>
    /// <param name="descriptor">A descriptor of <see cref="AddOneShot"/>.</param>
    public void Rearm(int descriptor) => TryControl(ToModify, descriptor, In | OneShot);

    /// <summary>Ends the present wait, and every further one at once.</summary>
    public void Wake() => TryControl(ToAdd, (int)_wake.DangerousGetHandle(), In);

    /// <summary>Waits for events.</summary>
    /// <returns>Their number; zero after a signal to the process, which is the only failure possible here.</returns>
    public int Wait() => Math.Max(0, Wait(_handle, ref _events[0], MostEvents, timeout: -1));

    /// <summary>An event of the last wait.</summary>
    public (int Descriptor, uint Events) this[int index]
    {
        get
        {
            var at = _events.AsSpan(index * EventBytes, EventBytes);
            return (MemoryMarshal.Read<int>(at[DataOffset..]), MemoryMarshal.Read<uint>(at));
        }
    }

    public void Dispose()
    {
        _handle.Dispose();
        _wake.Dispose();
    }

    private void Control(int operation, int descriptor, uint events)
    {
        if (!TryControl(operation, descriptor, events))
        {
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
        }
    }

    private bool TryControl(int operation, int descriptor, uint events)
    {
        Span<byte> what = stackalloc byte[16];
        MemoryMarshal.Write(what, events);
        MemoryMarshal.Write(what[DataOffset..], descriptor);
        return Control(_handle, operation, descriptor, ref what[0]) == 0;
    }

    [DllImport("libc", EntryPoint = "epoll_create1")]
    private static extern SafeFileHandle Create(int flags);

    [DllImport("libc", EntryPoint = "eventfd")]
    private static extern SafeFileHandle CreateEvent(uint count, int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl")]
    private static extern int Control(SafeFileHandle epoll, int operation, int descriptor, ref byte what);

    [DllImport("libc", EntryPoint = "epoll_wait")]
    private static extern int Wait(SafeFileHandle epoll, ref byte events, int most, int timeout);
}
