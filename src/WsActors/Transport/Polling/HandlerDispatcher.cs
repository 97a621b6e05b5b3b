using Akka.Actor;
using Akka.Dispatch;

namespace WsActors.Transport.Polling;

/// <summary>
/// Runs the mailbox of a handler behind the open <see cref="RunQueue"/> of a thread of the pool, and without one on the thread pool. One
/// for each system, by name.
/// </summary>
internal sealed class HandlerDispatcher : MessageDispatcher
{
    /// <summary>
    /// The name for handlers that are not Inline. Where the default dispatcher has threads of its own, it names that dispatcher.
    /// </summary>
    public const string Name = "ws-actors.handler-dispatcher";

    private readonly ExecutorService _threadPool;

    private HandlerDispatcher(MessageDispatcherConfigurator configurator, MessageDispatcher usual, ExecutorService threadPool)
        : base(configurator)
    {
        (Id, Throughput, ThroughputDeadlineTime, ShutdownTimeout) =
            (Name, usual.Throughput, usual.ThroughputDeadlineTime, usual.ShutdownTimeout);
        _threadPool = threadPool;
    }

    public static void AddTo(ActorSystem system) =>
        system.Dispatchers.RegisterConfigurator(Name, new HandlerConfigurator(system.Dispatchers));

    protected override void ExecuteTask(IRunnable run)
    {
        if (!RunQueue.TryAddHandler(run))
        {
            _threadPool.Execute(run);
        }
    }

    // It has no thread of its own.
    protected override void Shutdown()
    {
    }

    private sealed class HandlerConfigurator : MessageDispatcherConfigurator
    {
        private readonly MessageDispatcher _one;

        public HandlerConfigurator(Dispatchers all)
            : base(all.DefaultDispatcherConfig, all.Prerequisites)
        {
            var isThreadPool = Config.GetString("type", "") is "Dispatcher"
                && Config.GetString("executor", "") is "default-executor" or "thread-pool-executor";
            _one = isThreadPool
                ? new HandlerDispatcher(this, all.DefaultGlobalDispatcher, ConfigureExecutor().Produce(Name))
                : all.DefaultGlobalDispatcher;
        }

        public override MessageDispatcher Dispatcher() => _one;
    }
}
