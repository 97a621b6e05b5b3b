using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Linux's recv(2) and send(2), which never wait here. The runtime's own would, unless its socket is told otherwise, and then keeps for it what
/// it waits with.
/// </summary>
internal static class Libc
{
    private const int TryAgain = 11;

    private const int DoNotWait = 0x40;

    private const int NoSignal = 0x4000;

    private const int More = 0x8000;

    /// <returns>How many bytes; zero at the end, -1 for a <see cref="Failure"/>.</returns>
    public static int Receive(SafeSocketHandle socket, Span<byte> room) =>
        (int)Receive(socket, ref MemoryMarshal.GetReference(room), room.Length, DoNotWait);

    /// <param name="socket">Whose peer they are for.</param>
    /// <param name="bytes">What leaves.</param>
    /// <param name="waitsForEnd">Whether they may leave together with the end of the stream, which comes right behind.</param>
    /// <inheritdoc cref="Receive(SafeSocketHandle, Span{byte})" path="/returns"/>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, bool waitsForEnd) =>
        (int)Send(socket, ref MemoryMarshal.GetReference(bytes), bytes.Length, DoNotWait | NoSignal | (waitsForEnd ? More : 0));

    /// <summary>Why this thread's last call gave -1, in one line; null if only because it would have had to wait.</summary>
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
