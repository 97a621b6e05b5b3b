namespace WsActors.Dispatch;

/// <summary>
/// Runs user code in isolation: a limited number of calls at a time, on threads of their own; further calls wait in order, up to a limit. A
/// call counts until its task has ended, also if its caller no longer waits. Any thread.
/// </summary>
/// <param name="name">The name of its threads.</param>
/// <param name="maxRunning">Most calls at a time.</param>
/// <param name="maxWaiting">Most calls that wait for one of them to end.</param>
internal sealed class Bulkhead(string name, int maxRunning, int maxWaiting)
{
    private readonly Lock _gate = new();

    /// <summary>The calls that have not started, in order. A canceled call is removed at once.</summary>
    private readonly LinkedList<BulkheadCall> _waiting = [];

    // A call that blocks a thread needs a second one at most: for its cancellation, or for the task that it waits for.
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

    /// <summary>Calls that have not started.</summary>
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

    /// <summary>Runs code now, or once earlier calls have ended.</summary>
    /// <returns>Null when the limit of waiting calls is reached.</returns>
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

    /// <summary>Cancels a call: it never starts if it has not started, else its token is canceled.</summary>
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

        // Callbacks of the token are user code, too.
        Run(static one => ((BulkheadCall)one!).RequestCancellation(), call);
    }

    /// <summary>A call has ended: starts the next.</summary>
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
