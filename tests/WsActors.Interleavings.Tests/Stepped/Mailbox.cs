using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;
using WsActors.Dispatch;
using WsActors.Interleavings.Exploring;
using WsActors.Transport.Polling;

namespace WsActors;

/// <summary>
/// An actor's mailbox as the linked sources see it: scheduled once at a time, in the run queue of the thread that fills it or on the pool.
/// </summary>
/// <param name="handle">Handles a message.</param>
internal sealed class Mailbox(Action<object> handle) : IRunnable
{
    private readonly Queue<object> _messages = [];

    private bool _isScheduled;

    public IMessageQueue MessageQueue { get; } = new CompactMessageQueue();

    public IRunWatchdog? Watchdog { set => ((CompactMessageQueue)MessageQueue).Watchdog = value; }

    public void Add(object message)
    {
        Schedule.Step(new Operation(this, "adds to a mailbox"));
        _messages.Enqueue(message);
        if (!_isScheduled)
        {
            _isScheduled = true;
            if (!RunQueue.TryAdd(this))
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
            }
        }
    }

    public void Run()
    {
        while (TryTake() is { } message)
        {
            handle(message);
        }
    }

    public void Execute() => Run();

    private object? TryTake()
    {
        Schedule.Step(new Operation(this, "takes from a mailbox"));
        _isScheduled = _messages.Count > 0;
        return _messages.TryDequeue(out var message) ? message : null;
    }
}
