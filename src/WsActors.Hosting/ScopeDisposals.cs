using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka;
using Akka.Actor;

namespace WsActors.Hosting;

/// <summary>
/// Disposes the services of stopped handlers on the thread pool, because a service may take long or block. The shutdown waits for the
/// disposals. One for each actor system; any thread.
/// </summary>
/// <param name="reportFailure">Logs a disposal that failed.</param>
internal sealed class ScopeDisposals(Action<string, Exception> reportFailure)
{
    /// <summary>The running disposals that no shutdown has awaited. The values are unused.</summary>
    private readonly ConcurrentDictionary<Task, bool> _running = [];

    /// <summary>Starts the disposal of a scope.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="handler">The type of the handler that had it.</param>
    public void Start(IAsyncDisposable scope, Type handler)
    {
        var disposal = Task.Run(() => DisposeAsync(scope, handler));
        _running.TryAdd(disposal, true);
        disposal.ContinueWith(
            static (ended, running) => ((ConcurrentDictionary<Task, bool>)running!).TryRemove(ended, out _),
            _running,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>
    /// Adds two waits to a system's shutdown: one while the log still works, and one for the handlers that stop with the system. Each
    /// disposal is awaited in one of them. The timeout of each phase limits its wait.
    /// </summary>
    /// <remarks>
    /// The second wait uses a timer of .NET: Akka's phase timeouts use the system's scheduler, which stops with the system.
    /// </remarks>
    public void AwaitOnShutdown(ExtendedActorSystem system)
    {
        const string Name = "dispose-handler-services";
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, Name, AwaitRunning);
        if (system.Settings.Config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system"))
        {
            var time = shutdown.Timeout(CoordinatedShutdown.PhaseActorSystemTerminate);
            shutdown.AddTask(CoordinatedShutdown.PhaseActorSystemTerminate, Name, async () =>
            {
                await system.WhenTerminated.ConfigureAwait(false);
                await Task.WhenAny(AwaitRunning(), Task.Delay(time)).ConfigureAwait(false);
                return Done.Instance;
            });
        }
    }

    private async Task<Done> AwaitRunning()
    {
        var running = _running.Keys.ToList();
        running.ForEach(disposal => _running.TryRemove(disposal, out _));
        await Task.WhenAll(running).ConfigureAwait(false);
        return Done.Instance;
    }

    [SuppressMessage("Design", "CA1031", Justification = "User code may throw anything; no caller is left, so it is logged.")]
    private async Task DisposeAsync(IAsyncDisposable scope, Type handler)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            reportFailure($"The disposal of the services of a {handler.Name}", e);
        }
    }
}
