using Akka.Actor;
using Akka.Dispatch;
using WsActors.Dispatch;

namespace WsActors.Transport.Polling;

/// <summary>
/// Runs a mailbox in the open <see cref="RunQueue"/> of the thread that fills it, and without one on the thread pool. It runs connections,
/// the manager, and the handlers of routes that say <c>Inline</c>. Two for each system, by name.
/// </summary>
internal sealed class InlineDispatcher : MessageDispatcher
{
    /// <summary>The name for connections and Inline handlers.</summary>
    public const string Name = "ws-actors.sockets.dispatcher";

    /// <summary>The name for the manager, which every connection needs: it does not wait for user code that sends to it.</summary>
    public const string ManagerName = "ws-actors.sockets.manager-dispatcher";

    private readonly bool _waitsForUserCode;

    private InlineDispatcher(InlineConfigurator inlineConfigurator, string name, MessageDispatcher usual)
        : base(inlineConfigurator)
    {
        (Id, Throughput, ShutdownTimeout) = (name, usual.Throughput, usual.ShutdownTimeout);
        _waitsForUserCode = name != ManagerName;
    }

    public static void AddTo(ActorSystem system)
    {
        foreach (var name in (ReadOnlySpan<string>)[Name, ManagerName])
        {
            system.Dispatchers.RegisterConfigurator(name, new InlineConfigurator(system.Dispatchers, name));
        }
    }

    protected override void ExecuteTask(IRunnable run)
    {
        if (CompactMessageQueue.From(run) is { StaysOnThreadPool: true } || !RunQueue.TryAdd(run, _waitsForUserCode))
        {
            ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: true);
        }
    }

    // It has no thread of its own.
    protected override void Shutdown()
    {
    }

    private sealed class InlineConfigurator : MessageDispatcherConfigurator
    {
        private readonly InlineDispatcher _one;

        public InlineConfigurator(Dispatchers all, string name)
            : base(all.DefaultDispatcherConfig, all.Prerequisites) => _one = new InlineDispatcher(this, name, all.DefaultGlobalDispatcher);

        public override MessageDispatcher Dispatcher() => _one;
    }
}
