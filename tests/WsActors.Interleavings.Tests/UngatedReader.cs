using System.Runtime.CompilerServices;
using WsActors.Transport.Sockets;

namespace WsActors.Interleavings;

/// <summary>A receiver that reads without the connection's gate, as TLS does, until the socket is closed.</summary>
internal sealed class UngatedReader : SocketReceiver
{
    public UngatedReader(SocketConnection connection)
        : base(connection, null!) => ReceiverOf(connection) = this;

    public bool HasFoundClosed { get; private set; }

    public override void OnReadable() => Read();

    public void Start() => Read();

    protected override void Read()
    {
        try
        {
            Span<byte> room = stackalloc byte[4];
            while (Connection.NonBlockingSocket.IsReadable())
            {
                _ = Connection.NonBlockingSocket.TryReceive(room, out _);
            }
        }
        catch (ObjectDisposedException)
        {
            HasFoundClosed = true;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_receiver")]
    private static extern ref SocketReceiver ReceiverOf(SocketConnection connection);
}
