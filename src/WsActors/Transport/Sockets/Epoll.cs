using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WsActors.Transport.Sockets;

/// <summary>Linux's epoll(7): tells which of many sockets something happened to. One thread waits; any thread adds.</summary>
internal sealed class Epoll : IDisposable
{
    /// <summary>Something came, or it ended, or failed.</summary>
    public const uint In = 0x1 | Urgent | Error | HungUp | PeerHungUp;

    /// <summary>There is room to write, or it failed.</summary>
    public const uint Out = 0x4 | Error | HungUp;

    /// <summary>There is, or may be, more than the bytes up to the first short read: an end, an error, or bytes behind urgent ones.</summary>
    public const uint More = Urgent | Error | HungUp | PeerHungUp;

    private const uint Urgent = 0x2;

    private const uint Error = 0x8;

    private const uint HungUp = 0x10;

    private const uint PeerHungUp = 0x2000;

    private const uint EdgeTriggered = 1u << 31;

    private const uint OneShot = 1u << 30;

    private const int CloseOnExec = 0x80000;

    private const int ToAdd = 1;

    private const int ToModify = 3;

    /// <summary>Most that are told at once.</summary>
    private const int MostEvents = 256;

    /// <summary>The offset of the data in a <c>struct epoll_event</c>, which is its last field: the struct is packed on x86 alone.</summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    private static readonly int EventBytes = DataOffset + 8;

    private readonly SafeFileHandle _handle;

    /// <summary>Readable from the beginning: added, it ends a wait.</summary>
    private readonly SafeFileHandle _wake;

    /// <summary>Pinned, for the kernel has it as long as it waits.</summary>
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

    /// <summary>From now on tells each change of a descriptor once, beginning with what it is now, until that is closed.</summary>
    /// <exception cref="SocketException">The system takes no more.</exception>
    public void Add(int descriptor) => Control(ToAdd, descriptor, In | Out | EdgeTriggered);

    /// <summary>Tells once that something came to a descriptor, or is there already; after that nothing until <see cref="Rearm"/>.</summary>
    /// <exception cref="SocketException">The system takes no more.</exception>
    public void AddOneShot(int descriptor) => Control(ToAdd, descriptor, In | OneShot);

    /// <summary>Tells once more.</summary>
    /// <param name="descriptor">One that was added so.</param>
    public void Rearm(int descriptor) => TryControl(ToModify, descriptor, In | OneShot);

    /// <summary>Ends the wait, and every further one.</summary>
    public void Wake() => TryControl(ToAdd, (int)_wake.DangerousGetHandle(), In);

    /// <summary>Waits until there is something to tell.</summary>
    /// <returns>How much; zero when a signal to the process came in between, for nothing else can go wrong here.</returns>
    public int Wait() => Math.Max(0, Wait(_handle, ref _events[0], MostEvents, timeout: -1));

    /// <summary>Of what the last wait brought.</summary>
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
