using System.Net.Sockets;
using Akka.Actor;
using WsActors.Dispatch;

namespace WsActors.Transport.Sockets;

/// <summary>Accepts when a poller says so, one after the other: what each leads to on this thread is done before the next.</summary>
/// <inheritdoc cref="Acceptor" path="/param"/>
internal sealed class PolledAcceptor(Socket listening, OpenSockets open, IActorRef handler, IActorRef listener)
    : Acceptor(listening, open, handler, listener), IPolled
{
    /// <summary>
    /// Most that are accepted before the poller turns to other sockets. Those may be thousands, all busy: with one at a time nobody else would get in.
    /// </summary>
    private const int MostAtOnce = 256;

    /// <summary>Null until it waits for the first time.</summary>
    private Poller? _poller;

    private Pollers? _pollers;

    public int Descriptor { get; } = (int)listening.Handle;

    public override void Accept()
    {
        try
        {
            if (_poller is null)
            {
                Listening.Blocking = false;
                _pollers = Open.StartPollers();
                _poller = _pollers.Add(this, once: true);
            }
            else
            {
                _poller.Again(Descriptor);
            }
        }
        catch (SocketException e)
        {
            TryTake(null, e.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            // It listens no longer.
        }
    }

    public bool Happened(uint events) => true;

    public void Execute()
    {
        for (var i = 0; i < MostAtOnce && (i == 0 || HasMore()); i++)
        {
            if (!TryAccept())
            {
                return;
            }
        }

        Accept();
    }

    public override void Dispose() => _pollers?.Remove(this);

    private bool HasMore()
    {
        try
        {
            return Listening.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <returns>Whether to go on.</returns>
    private bool TryAccept()
    {
        using var turn = Turn.Begin();
        try
        {
            return TryTake(Listening.Accept(), SocketError.Success);
        }
        catch (SocketException e)
        {
            return TryTake(null, e.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
