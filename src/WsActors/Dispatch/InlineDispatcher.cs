using Akka.Actor;
using Akka.Dispatch;

namespace WsActors.Dispatch;

/// <summary>
/// Runs a mailbox in the <see cref="Turn"/> of the thread that fills it, where there is one, and on the thread pool otherwise: that of whom
/// <see cref="Inline"/> says, as long as they are quick. One a system.
/// </summary>
internal sealed class InlineDispatcher : MessageDispatcher
{
    /// <summary>By which Props know it.</summary>
    public const string Name = "ws-actors.sockets.dispatcher";

    private InlineDispatcher(Registration registration, MessageDispatcher usual)
        : base(registration) => (Id, Throughput, ShutdownTimeout) = (Name, usual.Throughput, usual.ShutdownTimeout);

    public static void AddTo(ActorSystem system) => system.Dispatchers.RegisterConfigurator(Name, new Registration(system.Dispatchers));

    protected override void ExecuteTask(IRunnable run)
    {
        if (CompactQueue.Of(run) is { Pace.IsSlow: true } || !Turn.TryAdd(run))
        {
            ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: true);
        }
    }

    // It has no thread of its own.
    protected override void Shutdown()
    {
    }

    private sealed class Registration : MessageDispatcherConfigurator
    {
        private readonly InlineDispatcher _one;

        public Registration(Dispatchers all)
            : base(all.DefaultDispatcherConfig, all.Prerequisites) => _one = new InlineDispatcher(this, all.DefaultGlobalDispatcher);

        public override MessageDispatcher Dispatcher() => _one;
    }
}
