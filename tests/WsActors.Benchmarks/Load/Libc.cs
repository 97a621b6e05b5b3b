using System.ComponentModel;
using System.Runtime.InteropServices;

namespace WsActors.Benchmarks.Load;

/// <summary>
/// Linux's calls, as they are: one thread serves thousands of sockets with them, and takes less for it than a server does.
/// </summary>
internal static partial class Libc
{
    public const int TryAgain = 11;

    public const int InProgress = 115;

    public const uint Readable = 0x1;

    public const uint Writable = 0x4;

    public const uint Broken = 0x8 | 0x10;

    public const int Add = 1;

    public const int Modify = 3;

    private const int Internet = 2;

    private const int NonBlockingStream = 1 | 0x800;

    private const int NoSignal = 0x4000;

    private const int TcpLevel = 6;

    private const int SocketLevel = 1;

    /// <summary>A socket that neither blocks nor waits to fill its packets; closed with a reset, so that no port has to rest.</summary>
    public static int NewSocket()
    {
        var socket = Checked(SocketOf(Internet, NonBlockingStream, 0), "socket");
        int on = 1;
        ReadOnlySpan<int> lingerNoTime = [1, 0];
        SetOption(socket, TcpLevel, option: 1, in on, sizeof(int));
        SetOption(socket, SocketLevel, option: 13, in lingerNoTime[0], 2 * sizeof(int));
        return socket;
    }

    /// <summary>Starts to connect to a port of this machine.</summary>
    public static void Connect(int socket, int port)
    {
        ReadOnlySpan<byte> address = [Internet, 0, (byte)(port >> 8), (byte)port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        if (ConnectTo(socket, in address[0], address.Length) < 0 && Marshal.GetLastPInvokeError() is not InProgress)
        {
            throw Failure("connect");
        }
    }

    /// <summary>Bytes that the kernel took or gave; negative with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static nint Send(int socket, ReadOnlySpan<byte> bytes) =>
        Send(socket, in MemoryMarshal.GetReference(bytes), bytes.Length, NoSignal);

    /// <inheritdoc cref="Send(int, ReadOnlySpan{byte})"/>
    public static nint Receive(int socket, Span<byte> bytes) => Receive(socket, ref MemoryMarshal.GetReference(bytes), bytes.Length, 0);

    /// <summary>Why a connect has failed; zero when it has not.</summary>
    public static int ErrorOf(int socket)
    {
        var (error, length) = (0, sizeof(int));
        GetOption(socket, SocketLevel, option: 4, ref error, ref length);
        return error;
    }

    public static int Checked(int result, string call) => result >= 0 ? result : throw Failure(call);

    private static Win32Exception Failure(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new Win32Exception(error, $"{call} failed: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int NewPoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(int poll, int operation, int descriptor, ref byte pollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int Wait(int poll, ref byte pollEvents, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketOf(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int ConnectTo(int socket, in byte address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetOption(int socket, int level, int option, in int value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    private static partial int GetOption(int socket, int level, int option, ref int value, ref int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, in byte bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, ref byte bytes, nint length, int flags);
}
