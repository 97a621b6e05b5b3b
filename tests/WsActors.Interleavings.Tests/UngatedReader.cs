using System.Runtime.CompilerServices;
using WsActors.Transport.Sockets;
using WsActors.Transport.Sources;

namespace WsActors.Interleavings;

/// <summary>A receiver that reads without the connection's gate, as TLS does, until the socket is closed.</summary>
internal sealed class UngatedReader : SourceReceiver
{
    private readonly SocketConnection _connection;

    public UngatedReader(SocketConnection connection)
        : base(connection, null!)
    {
        _connection = connection;
        ReceiverOf(connection) = this;
    }

    public bool HasFoundClosed { get; private set; }

    public override void OnReadable() => Read();

    public void Start() => Read();

    protected override void Read()
    {
        try
        {
            Span<byte> room = stackalloc byte[4];
            while (_connection.NonBlockingSocket.IsReadable())
            {
                _ = _connection.NonBlockingSocket.TryReceive(room, out _);
            }
        }
        catch (ObjectDisposedException)
        {
            HasFoundClosed = true;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_receiver")]
    private static extern ref SourceReceiver ReceiverOf(SourceRef source);
}
