namespace WsActors.Transport.Sockets;

/// <summary>The socket without pollers, which no scenario has.</summary>
internal sealed class AsyncSocket(SocketConnection connection) : NonBlockingSocket(connection)
{
    public override bool IsReadable() => throw new NotSupportedException();

    public override void ReadLater() => throw new NotSupportedException();

    public override int TryReceive(Span<byte> room, out string? failure) => throw new NotSupportedException();

    public override bool TrySend(ReadOnlyMemory<byte> bytes, bool isLast, out string? failure) => throw new NotSupportedException();

    public override void Close() => throw new NotSupportedException();
}
