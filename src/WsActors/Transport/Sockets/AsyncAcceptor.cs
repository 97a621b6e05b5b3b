using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Akka.Actor;

namespace WsActors.Transport.Sockets;

/// <summary>Accepts by the runtime, on the thread pool: one thread at a time, while sockets wait.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Its base is what is disposed of.")]
internal sealed class AsyncAcceptor : Acceptor
{
    private readonly Accepting _accepting;

    public AsyncAcceptor(Socket listening, SocketRegistry open, IActorRef handler, IActorRef listener)
        : base(listening, open, handler, listener) => _accepting = new Accepting(this);

    public override void Accept()
    {
        try
        {
            while (!Listening.AcceptAsync(_accepting) && TryTake())
            {
            }
        }
        catch (ObjectDisposedException)
        {
            // The listening socket is closed.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _accepting.Dispose();
    }

    private bool TryTake()
    {
        var socket = _accepting.AcceptSocket;
        _accepting.AcceptSocket = null;
        return TryAccept(socket, _accepting.SocketError);
    }

    private sealed class Accepting(AsyncAcceptor acceptor) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            if (acceptor.TryTake())
            {
                acceptor.Accept();
            }
        }
    }
}
