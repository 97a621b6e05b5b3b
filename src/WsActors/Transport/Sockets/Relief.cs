using System.Diagnostics.CodeAnalysis;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Looks after pollers that deal with what comes themselves: where a handler holds one up, another thread goes on with its sockets. A thread that
/// looks every ten milliseconds, and sleeps while nothing comes; it ends when it is told to.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Any poller may still wake it: what wakes it is the collector's.")]
internal sealed class Relief(Poller[] pollers)
{
    /// <summary>A poller is held up that is at the same step for one to two of these, in milliseconds.</summary>
    private const int Tick = 10;

    /// <summary>So long nothing came when it sleeps: who comes once a second wakes it no more often than that.</summary>
    private const int TicksUntilAsleep = 50;

    /// <summary>Most threads that are held up at a time: where handlers have taken so many, the others wait, as they would for the thread pool.</summary>
    public const int MostHeldUp = 64;

    private readonly AutoResetEvent _wake = new(false);

    private volatile bool _isAsleep;

    private volatile bool _isOver;

    private int _heldUp;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "ws-actors relief" }.UnsafeStart();

    /// <summary>A poller has begun a step.</summary>
    public void Begun()
    {
        if (_isAsleep)
        {
            _isAsleep = false;
            _wake.Set();
        }
    }

    /// <summary>One more thread is about to be held up.</summary>
    /// <returns>False when that are too many.</returns>
    public bool TryLeave()
    {
        if (Interlocked.Increment(ref _heldUp) <= MostHeldUp)
        {
            return true;
        }

        Return();
        return false;
    }

    /// <summary>One is held up no longer.</summary>
    public void Return() => Interlocked.Decrement(ref _heldUp);

    public void End()
    {
        _isOver = true;
        _wake.Set();
    }

    private void Run()
    {
        for (var quiet = 0; !_isOver; quiet++)
        {
            // Said before it looks a last time: whoever begins after that wakes it.
            _isAsleep = quiet >= TicksUntilAsleep;
            Interlocked.MemoryBarrier();
            foreach (var poller in pollers)
            {
                if (poller.Look())
                {
                    quiet = 0;
                }
            }

            if (quiet == 0)
            {
                _isAsleep = false;
            }

            _wake.WaitOne(_isAsleep ? Timeout.Infinite : Tick);
        }
    }
}
