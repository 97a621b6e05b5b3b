namespace WsActors.Transport.Polling;

/// <summary>The linked sources' <c>recv</c> and <c>send</c>.</summary>
internal static class Libc
{
    [ThreadStatic]
    private static string? LastFailure;

    public static int Receive(Socket socket, Span<byte> room) => socket.Receive(room, out LastFailure);

    public static int Send(Socket socket, ReadOnlySpan<byte> bytes, bool waitsForEnd)
    {
        _ = waitsForEnd;
        return socket.Send(bytes, out LastFailure);
    }

    public static string? Failure() => LastFailure;
}
