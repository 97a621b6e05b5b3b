using System.Net.Sockets;
using Akka.Actor;
using WsActors.Transport.Sockets;

namespace WsActors.Transport.Polling;

/// <summary>
/// Accepts on a poller's event, one socket at a time: the run queue runs after each. The listening socket stays in blocking mode, though no
/// call waits: accepted sockets inherit it, and .NET allocates wait state only for non-blocking ones.
/// </summary>
/// <inheritdoc cref="Acceptor" path="/param"/>
internal sealed class PolledAcceptor(Socket listening, SocketRegistry sockets, IActorRef handler, IActorRef listener)
    : Acceptor(listening, sockets, handler, listener), IPolled
{
    /// <summary>
    /// Sockets accepted in a row, before the poller serves others. Those may be thousands, all busy: with one at a time no new client would
    /// get in.
    /// </summary>
    private const int MostInRow = 256;

    /// <summary>Serialises registration and disposal: after the disposal the descriptor may be another socket's.</summary>
    private readonly Lock _gate = new();

    /// <summary>
    /// One thread at a time polls for a socket and accepts it: a second one would block in the call until the next client comes. Two
    /// threads come where an event of the descriptor's former socket is reported late.
    /// </summary>
    private readonly Lock _taking = new();

    /// <summary>Null before the first wait.</summary>
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

    /// <summary>
    /// Accepts the waiting sockets. Without more, or after <see cref="MostInRow"/>, it waits for the next event.
    /// </summary>
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

    /// <param name="isAny">Whether one waited.</param>
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

    /// <returns>Null where none waits.</returns>
    private Socket? Next()
    {
        lock (_taking)
        {
            return Listening.Poll(0, SelectMode.SelectRead) ? Listening.Accept() : null;
        }
    }
}
