using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using WsActors.Dispatch;

namespace WsActors.Transport.Sockets;

/// <summary>
/// A thread that waits for sockets. It deals with what comes itself, where somebody wants that, or leaves it to the thread pool. If it is held up by what
/// it deals with, another goes on in its place. It ends when it is told to, and by nothing else.
/// </summary>
/// <param name="sockets">Whose the descriptors are.</param>
/// <param name="isInline">Whether it deals with what comes itself.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its thread disposes of what it owns when it ends.")]
internal sealed class Poller(Pollers sockets, bool isInline)
{
    /// <summary>Linux shows fifteen letters of it.</summary>
    public const string Name = "ws-actors sockets";

    private readonly Epoll _epoll = new();

    private readonly Handover _handover = new();

    private volatile bool _isOver;

    /// <summary>Of what the last wait brought, how many there are, and how many were taken. The thread's own that is in its place.</summary>
    private int _count;

    private int _taken;

    /// <summary>What it deals with; null in between, unless a thread was left in it.</summary>
    private IPolled? _socket;

    /// <summary>Whether a thread is to go on in its place that could not be made yet. The relief's thread's.</summary>
    private bool _isVacant;

    /// <summary>That of the thread that is in its place.</summary>
    private Turn? _turn;

    /// <summary>Counts the beginnings and ends of what it deals with: odd in between.</summary>
    private long _steps;

    /// <summary>What they were when they were looked at last.</summary>
    private long _seen;

    public void Start() => new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();

    /// <summary>From now on tells what happens to a descriptor, until that is closed.</summary>
    /// <inheritdoc cref="Pollers.Add" path="/param"/>
    /// <exception cref="SocketException">The system takes no more.</exception>
    public void Add(int descriptor, bool once)
    {
        if (once)
        {
            _epoll.AddOnce(descriptor);
        }
        else
        {
            _epoll.Add(descriptor);
        }
    }

    /// <inheritdoc cref="Epoll.Again"/>
    public void Again(int descriptor) => _epoll.Again(descriptor);

    /// <summary>Nothing is added any more.</summary>
    public void End()
    {
        // In this order: its thread, which may be awake already, disposes of the other when it sees the one.
        _epoll.Wake();
        _isOver = true;
    }

    /// <summary>Looks whether it goes on, and sees to it if it does not. The relief's thread.</summary>
    /// <returns>Whether anything came since it was looked at last.</returns>
    public bool Look()
    {
        if (_isVacant)
        {
            GoOn();
            return true;
        }

        var steps = Volatile.Read(ref _steps);
        var isSame = steps == _seen;
        _seen = steps;
        if (isSame && IsInStep(steps))
        {
            Relieve(steps);
        }

        return !isSame || IsInStep(steps);
    }

    private static bool IsInStep(long steps) => (steps & 1) != 0;

    /// <summary>Whoever ends the step that holds it up is the one that goes on: its thread, or one more.</summary>
    private void Relieve(long steps)
    {
        var (turn, socket) = (_turn!, _socket); // not null: its thread has been in a step
        if (!sockets.Relief.TryLeave())
        {
            turn.GiveAway();
        }
        else if (Interlocked.CompareExchange(ref _steps, steps + 1, steps) == steps)
        {
            turn.Leave();
            socket!.Left(); // not null: its thread is still in that step
            GoOn();
        }
        else
        {
            sockets.Relief.Return();
        }
    }

    /// <summary>Has a thread go on in its place; where the system has none left, at the next look.</summary>
    private void GoOn()
    {
        try
        {
            Start();
            _isVacant = false;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            _isVacant = true;
        }
    }

    private void Run()
    {
        _turn = Turn.Mine;
        while (!_isOver)
        {
            while (_taken < _count)
            {
                var (descriptor, events) = _epoll[_taken++];
                if (sockets[descriptor] is { } socket && socket.Happened(events) && !TryDealWith(socket))
                {
                    return;
                }
            }

            _handover.Flush();
            (_taken, _count) = (0, _epoll.Wait());
        }

        _epoll.Dispose();
    }

    /// <returns>False when another thread has gone on meanwhile.</returns>
    private bool TryDealWith(IPolled socket)
    {
        if (!isInline)
        {
            _handover.Add(socket);
            return true;
        }

        _socket = socket;
        do
        {
            var step = Interlocked.Increment(ref _steps);
            sockets.Relief.Begun();
            socket.Execute();
            if (Interlocked.CompareExchange(ref _steps, step + 1, step) != step)
            {
                sockets.Relief.Return();
                return false;
            }
        }
        while (socket.GoesOn());
        _socket = null;
        return true;
    }
}
