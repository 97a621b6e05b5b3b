using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using WsActors.Runtime;
using WsActors.Tests.Loopback;
using WsActors.Transport;
using WsActors.Transport.Sockets;

namespace WsActors.Sockets.Tests.Waiting;

/// <summary>The way in which sockets are polled.</summary>
public enum Way
{
    /// <summary>By the pollers of this library.</summary>
    Polled,

    /// <summary>As elsewhere than on Linux.</summary>
    WithoutPollers,
}

/// <summary>Sockets of this library in one of the ways, without connections behind them.</summary>
internal sealed class Sockets : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create(
        "waiting", "akka { loggers = [], stdout-loglevel = OFF, log-dead-letters = off }");

    private readonly BufferPool _bufferPool = new();

    private readonly SocketRegistry _open;

    private int _made;

    public Sockets(Way way)
    {
        Errors = Inbox.Create(_system);
        _system.EventStream.Subscribe<Error>(Errors.Receiver);
        AppContext.SetSwitch(SocketRegistry.WithoutPollers, way is Way.WithoutPollers);
        _open = new SocketRegistry(
            ((ExtendedActorSystem)_system).Provider,
            _bufferPool,
            new FailureLog(Logging.GetLogger(_system, "waiting"), new Clock(TimeProvider.System)));
        AppContext.SetSwitch(SocketRegistry.WithoutPollers, !ByteSourceUnderTest.HasPollers);
    }

    /// <summary>The logged errors.</summary>
    public Inbox Errors { get; }

    public int Count => _open.Count;

    public int RentedBuffers => _bufferPool.Rented;

    /// <summary>The acceptor of a socket, with the accepted sockets.</summary>
    public Acceptor AcceptorOf(Socket listening, IActorRef handler) => _open.CreateAcceptor(listening, handler, _system.DeadLetters);

    public IActorRefProvider Provider => _open.Provider;

    /// <summary>Connects one.</summary>
    /// <param name="before">The peer's action before the wait.</param>
    /// <param name="bufferBytes">The kernel's buffers at either end; 0 for the default.</param>
    public async Task<(Heard Ours, Socket Peer)> Connect(Action<Socket>? before = null, int bufferBytes = 0)
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (bufferBytes > 0)
        {
            peer.ReceiveBufferSize = bufferBytes;
        }

        await peer.ConnectAsync(listening.LocalEndPoint!); // not null: it is bound
        var ours = await listening.AcceptAsync();
        if (bufferBytes > 0)
        {
            ours.SendBufferSize = bufferBytes;
        }

        before?.Invoke(peer);
        var connection = SocketConnection.Create(ours, _system.DeadLetters.Path, ++_made, _open);
        return (new Heard(connection), peer);
    }

    public async ValueTask DisposeAsync()
    {
        _open.Stop();
        await _system.Terminate();
    }
}
