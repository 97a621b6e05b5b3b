using System.Collections.Concurrent;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Passes sockets from a poller on to the thread pool: many at once for one item of its work, as long as one thread keeps up, and a further item for as
/// long as it does not. An item for each socket was measured to cost a small message a tenth more.
/// </summary>
internal sealed class Handover : IThreadPoolWorkItem
{
    /// <summary>How long one thread goes on, ms, until it lets the pool do something else.</summary>
    private const int Longest = 15;

    private readonly ConcurrentQueue<IPolled> _waiting = new();

    /// <summary>Whether the pool has an item that has not begun.</summary>
    private bool _isAsked;

    public void Add(IPolled socket) => _waiting.Enqueue(socket);

    /// <summary>Sees to it that all that were added are dealt with.</summary>
    public void Flush()
    {
        if (!_waiting.IsEmpty && !Interlocked.Exchange(ref _isAsked, true))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        // Whoever adds from now on asks again.
        Interlocked.Exchange(ref _isAsked, false);
        var began = Environment.TickCount64;
        while (Environment.TickCount64 - began < Longest && _waiting.TryDequeue(out var socket))
        {
            Flush();
            do
            {
                socket.Execute();
            }
            while (socket.GoesOn());
        }

        Flush();
    }
}
