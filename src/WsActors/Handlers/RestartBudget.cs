namespace WsActors.Handlers;

/// <summary>The restart limit of a handler: a number of restarts within a window. Owned by its connection.</summary>
internal sealed class RestartBudget(int max, TimeSpan window)
{
    private readonly Queue<TimeSpan> _restarts = [];

    /// <summary>Takes one restart, if one is left.</summary>
    public bool TrySpend(TimeSpan now)
    {
        while (_restarts.TryPeek(out var oldest) && now - oldest >= window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= max)
        {
            return false;
        }

        _restarts.Enqueue(now);
        return true;
    }
}
