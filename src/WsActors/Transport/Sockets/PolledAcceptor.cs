using System.Net.Sockets;
using Akka.Actor;
using WsActors.Dispatch;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Accepts when a poller says so, one at a time: what each leads to on this thread is done before the next. Its socket stays one that blocks, though
/// nobody waits in it: those it accepts are as it is, and for one that does not block the runtime keeps what it would wait with.
/// </summary>
/// <inheritdoc cref="Acceptor" path="/param"/>
internal sealed class PolledAcceptor(Socket listening, OpenSockets open, IActorRef handler, IActorRef listener)
    : Acceptor(listening, open, handler, listener), IPolled
{
    /// <summary>
    /// Most that are accepted before the poller turns to other sockets. Those may be thousands, all busy: with one at a time nobody else would get in.
    /// </summary>
    private const int MostInRow = 256;

    /// <summary>Serialises what is said of the descriptor, which may be another's once this is over.</summary>
    private readonly Lock _gate = new();

    /// <summary>One at a time looks whether any is there and takes it: a thread that was held up may be between the two while another goes on in its place.</summary>
    private readonly Lock _taking = new();

    /// <summary>Null until it waits for the first time.</summary>
    private Poller? _poller;

    private Pollers? _pollers;

    /// <summary>Whether to look for one more after the last one.</summary>
    private bool _goesOn;

    /// <summary>Whether there was one when it was looked for last.</summary>
    private bool _isAnyThere;

    private int _inRow;

    public int Descriptor { get; } = (int)listening.Handle;

    public override void Accept()
    {
        lock (_gate)
        {
            if (IsOver)
            {
                return;
            }

            try
            {
                if (_poller is null)
                {
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
        }
    }

    public bool Happened(uint events) => true;

    public void Execute()
    {
        using var turn = Turn.Begin();
        _isAnyThere = false;
        try
        {
            var socket = TakeNext();
            _isAnyThere = socket is not null;
            _goesOn = socket is null || TryTake(socket, SocketError.Success);
        }
        catch (SocketException e)
        {
            _goesOn = TryTake(null, e.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            _goesOn = false;
        }
    }

    /// <summary>If no more is there, the poller says when.</summary>
    public bool GoesOn()
    {
        if (_goesOn && _isAnyThere && ++_inRow < MostInRow)
        {
            return true;
        }

        _inRow = 0;
        if (_goesOn)
        {
            Accept();
        }

        return false;
    }

    public void Left() => Accept();

    public override void Dispose()
    {
        lock (_gate)
        {
            if (!IsOver)
            {
                base.Dispose();
                _pollers?.Remove(this);
            }
        }
    }

    /// <returns>Null when none is there.</returns>
    private Socket? TakeNext()
    {
        lock (_taking)
        {
            return Listening.Poll(0, SelectMode.SelectRead) ? Listening.Accept() : null;
        }
    }
}
