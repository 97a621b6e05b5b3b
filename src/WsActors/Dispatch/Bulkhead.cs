namespace WsActors.Dispatch;

/// <summary>
/// Runs code of the user's apart from everything else: so many calls at a time, on threads of their own; the next ones wait in order, and
/// no more than a limit. A call counts until its task has ended, also when nobody waits for its answer any more. Any thread.
/// </summary>
/// <param name="name">The name of its threads.</param>
/// <param name="maxRunning">Most calls at a time.</param>
/// <param name="maxWaiting">Most calls that wait for one of them to end.</param>
internal sealed class Bulkhead(string name, int maxRunning, int maxWaiting)
{
    private readonly Lock _gate = new();

    /// <summary>The calls that have not begun, in order. A cancelled call leaves at once.</summary>
    private readonly LinkedList<BulkheadCall> _waiting = [];

    // A call that blocks a thread needs a second one at most: for its cancellation, or for what it waits for.
    private readonly BulkheadTaskScheduler _threads = new(name, (int)Math.Min(2L * maxRunning, int.MaxValue), TimeSpan.FromSeconds(5));

    private int _running;

    /// <summary>Calls whose task has not ended.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>Calls that have not begun.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Runs code now, or when its turn comes.</summary>
    /// <returns>Null when as many calls wait as may.</returns>
    public BulkheadCall<T>? TryCall<T>(Func<CancellationToken, Task<T>> code)
    {
        var call = new BulkheadCall<T>(this, code);
        lock (_gate)
        {
            if (_running >= maxRunning)
            {
                if (_waiting.Count >= maxWaiting)
                {
                    return null;
                }

                _waiting.AddLast(call.Place);
                return call;
            }

            _running++;
        }

        Start(call);
        return call;
    }

    /// <summary>Nobody waits for a call any more: it never begins if it has not, and is cancelled if it has.</summary>
    public void Cancel(BulkheadCall call)
    {
        lock (_gate)
        {
            if (call.Place.List is not null)
            {
                _waiting.Remove(call.Place);
                return;
            }
        }

        // What is registered with the cancellation is code of the user's, too.
        Run(static one => ((BulkheadCall)one!).RequestCancellation(), call);
    }

    /// <summary>A call has ended: the next one begins.</summary>
    public void CompleteCall()
    {
        BulkheadCall? next;
        lock (_gate)
        {
            next = _waiting.First?.Value;
            if (next is null)
            {
                _running--;
                return;
            }

            _waiting.RemoveFirst();
        }

        Start(next);
    }

    private void Start(BulkheadCall call) => Run(static one => _ = ((BulkheadCall)one!).RunAsync(), call);

    private void Run(Action<object?> step, BulkheadCall call) =>
        _ = Task.Factory.StartNew(step, call, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _threads);
}
