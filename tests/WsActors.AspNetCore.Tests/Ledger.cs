namespace WsActors.AspNetCore.Tests;

/// <summary>The counts of handlers and their scopes. A singleton of an app.</summary>
public sealed class Ledger
{
    private readonly Lock _lock = new();

    private readonly List<Ws.Closed> _closed = [];

    private readonly List<(Func<bool> Condition, TaskCompletionSource Reached)> _waits = [];

    private int _scopesCreated;

    private int _scopesDisposed;

    private int _requests;

    public int Opened { get; private set; }

    /// <summary>Whether a scope was disposed twice.</summary>
    public bool HasDisposedTwice { get; private set; }

    public IReadOnlyList<Ws.Closed> Closed
    {
        get
        {
            lock (_lock)
            {
                return [.. _closed];
            }
        }
    }

    public void OnOpened() => Change(() => Opened++);

    public void OnClosed(Ws.Closed closed) => Change(() => _closed.Add(closed));

    public void OnScopeCreated() => Change(() => _scopesCreated++);

    public void OnScopeDisposed(bool isFirst) => Change(() =>
    {
        HasDisposedTwice |= !isFirst;
        _scopesDisposed++;
    });

    public void OnRequest(int change) => Change(() => _requests += change);

    /// <summary>Awaits that so many handlers were told <see cref="Ws.Closed"/>.</summary>
    public Task ClosedAsync(int count) => WhenAsync(() => _closed.Count >= count);

    /// <summary>Awaits that so many scopes were created, all are disposed, and no request is in flight.</summary>
    public Task EndedAsync(int count) =>
        WhenAsync(() => _scopesCreated >= count && _scopesCreated == _scopesDisposed && _requests == 0);

    public override string ToString()
    {
        lock (_lock)
        {
            return $"{Opened} opened, {_closed.Count} closed, {_scopesCreated} scopes, {_scopesDisposed} disposed, {_requests} requests";
        }
    }

    private async Task WhenAsync(Func<bool> condition)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (condition())
            {
                return;
            }

            _waits.Add((condition, reached));
        }

        try
        {
            await reached.Task.WaitAsync(App.Limit());
        }
        catch (TaskCanceledException)
        {
            Assert.Fail($"After 30 s: {this}.");
        }
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            foreach (var (_, reached) in _waits.FindAll(static wait => wait.Condition()))
            {
                reached.TrySetResult();
            }
        }
    }

    /// <summary>A service of a handler's scope.</summary>
    public sealed class Scope : IDisposable
    {
        private readonly Ledger _ledger;

        private int _disposals;

        public Scope(Ledger ledger)
        {
            _ledger = ledger;
            ledger.OnScopeCreated();
        }

        public void Dispose() => _ledger.OnScopeDisposed(isFirst: Interlocked.Increment(ref _disposals) == 1);
    }
}
