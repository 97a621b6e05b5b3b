using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WsActors.Transport.Polling;

/// <summary>
/// Linux's recv(2) and send(2), which never block here. The runtime's own calls block on a blocking socket, and allocate wait state for a
/// non-blocking one.
/// </summary>
internal static class Libc
{
    private const int TryAgain = 11;

    private const int DoNotWait = 0x40;

    private const int NoSignal = 0x4000;

    private const int More = 0x8000;

    /// <returns>The number of bytes; zero at the end, -1 for a <see cref="Failure"/>.</returns>
    public static int Receive(SafeSocketHandle socket, Span<byte> room) =>
        (int)Receive(socket, ref MemoryMarshal.GetReference(room), room.Length, DoNotWait);

    /// <param name="socket">The connected socket.</param>
    /// <param name="bytes">The bytes to send.</param>
    /// <param name="waitsForEnd">Whether the kernel may hold them back for the end of the stream, which follows at once.</param>
    /// <inheritdoc cref="Receive(SafeSocketHandle, Span{byte})" path="/returns"/>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, bool waitsForEnd) =>
        (int)Send(socket, ref MemoryMarshal.GetReference(bytes), bytes.Length, DoNotWait | NoSignal | (waitsForEnd ? More : 0));

    /// <summary>The failure of this thread's last call that returned -1, in one line; null where it would have blocked.</summary>
    public static string? Failure()
    {
        var error = Marshal.GetLastPInvokeError();
        return error == TryAgain ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    [DllImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static extern nint Receive(SafeSocketHandle socket, ref byte room, nint count, int flags);

    [DllImport("libc", EntryPoint = "send", SetLastError = true)]
    private static extern nint Send(SafeSocketHandle socket, ref byte bytes, nint count, int flags);
}
