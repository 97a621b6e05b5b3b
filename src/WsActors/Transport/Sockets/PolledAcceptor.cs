using System.Net.Sockets;
using Akka.Actor;
using WsActors.Dispatch;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Accepts when a poller says so, one at a time: each has its turn before the next is accepted. The listening socket stays in blocking mode, though
/// no call waits: accepted sockets inherit it, and .NET allocates wait state only for non-blocking ones.
/// </summary>
/// <inheritdoc cref="Acceptor" path="/param"/>
internal sealed class PolledAcceptor(Socket listening, SocketRegistry sockets, IActorRef handler, IActorRef listener)
    : Acceptor(listening, sockets, handler, listener), IPolled
{
    /// <summary>
    /// Sockets accepted in a row, before the poller serves others. Those may be thousands, all busy: with one at a time nobody new would get in.
    /// </summary>
    private const int MostInRow = 256;

    /// <summary>Serialises what is said of the descriptor, which may be another's once this is over.</summary>
    private readonly Lock _gate = new();

    /// <summary>
    /// One thread at a time looks whether a socket is there and accepts it: the other would wait in the call for the next one. Two come where an event of
    /// the descriptor's former socket is told late.
    /// </summary>
    private readonly Lock _taking = new();

    /// <summary>Null until it waits for the first time.</summary>
    private EventPoller? _eventPoller;

    private EventPollerGroup? _pollerGroup;

    public int Descriptor { get; } = (int)listening.Handle;

    public override void Accept()
    {
        lock (_gate)
        {
            if (IsDisposed)
            {
                return;
            }

            try
            {
                if (_eventPoller is null)
                {
                    _pollerGroup = Sockets.StartPollers();
                    _eventPoller = _pollerGroup.Add(this, once: true);
                }
                else
                {
                    _eventPoller.Rearm(Descriptor);
                }
            }
            catch (SocketException e)
            {
                TryAccept(null, e.SocketErrorCode);
            }
        }
    }

    /// <summary>Takes those that are there. When there are no more, or when other sockets have waited long enough, the poller says when to go on.</summary>
    public void OnEvents(uint events)
    {
        var (isAny, goesOn) = (true, true);
        for (var taken = 0; isAny && goesOn && taken < MostInRow; taken++)
        {
            using var runQueue = RunQueue.TryOpen();
            goesOn = TryTakeNext(out isAny);
        }

        if (goesOn)
        {
            Accept();
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            if (!IsDisposed)
            {
                base.Dispose();
                _pollerGroup?.Remove(this);
            }
        }
    }

    /// <param name="isAny">Whether one was there.</param>
    /// <returns>Whether to go on.</returns>
    private bool TryTakeNext(out bool isAny)
    {
        isAny = false;
        try
        {
            var socket = Next();
            isAny = socket is not null;
            return socket is null || TryAccept(socket, SocketError.Success);
        }
        catch (SocketException e)
        {
            return TryAccept(null, e.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <returns>Null when none is there.</returns>
    private Socket? Next()
    {
        lock (_taking)
        {
            return Listening.Poll(0, SelectMode.SelectRead) ? Listening.Accept() : null;
        }
    }
}
