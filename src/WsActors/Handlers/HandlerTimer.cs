using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;
using WsActors.Dispatch;
using WsActors.Metrics;

namespace WsActors.Handlers;

/// <summary>
/// Measures how long messages take, from read to handled; exists once the instrument had a listener. An <c>Identify</c> follows each
/// message, and its answer comes here at once, on the handler's thread: the message before it was handled, including its task. A message in
/// the stash is measured when it was unstashed and handled. Needs a mailbox that keeps the order. Owned by its handler's context; the
/// connection calls what says so, and the handler the rest.
/// </summary>
internal sealed class HandlerTimer : MinimalActorRef
{
    private static readonly Identify AfterMessage = new("handled");

    private static readonly Identify AfterUnstashed = new("unstashed and handled");

    private readonly IActorRef _handler;

    private readonly RouteMetrics _metrics;

    /// <summary>Messages that were read and not told yet. The connection's alone.</summary>
    private readonly Queue<Waiting> _read = [];

    /// <summary>Messages that were told, each with an <c>Identify</c> behind it.</summary>
    private readonly ConcurrentQueue<Waiting> _told = [];

    /// <summary>When stashed messages were read; null until the <c>Identify</c> behind the message is answered.</summary>
    private readonly Dictionary<object, TimeSpan?> _stashed = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Messages that were unstashed together, each group with an <c>Identify</c> behind it; the last is first in the mailbox.
    /// </summary>
    private readonly Stack<List<Waiting>> _unstashed = [];

    private HandlerTimer(IActorRef handler, RouteMetrics metrics)
    {
        (_handler, _metrics) = (handler, metrics);
        Path = handler.Path / "timer";
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider => ((IInternalActorRef)_handler).Provider;

    /// <summary>The timer of a handler; null for a mailbox with another order or a bound.</summary>
    public static HandlerTimer? TryCreate(IActorRef handler, RouteMetrics metrics) =>
        CompactMessageQueue.KeepsOrder(handler) ? new HandlerTimer(handler, metrics) : null;

    /// <summary>The message's last byte was read. Called by the connection.</summary>
    public void OnRead(object message) => _read.Enqueue(new Waiting(message, _metrics.Clock.Elapsed));

    /// <summary>The message was told to the handler. Called by the connection.</summary>
    public void OnTold(object message)
    {
        if (_read.TryPeek(out var first) && ReferenceEquals(first.Message, message))
        {
            _told.Enqueue(_read.Dequeue());
            _handler.Tell(AfterMessage, this);
        }
    }

    /// <summary>The messages that were read and not told are dropped. Called by the connection.</summary>
    public void Clear() => _read.Clear();

    /// <summary>Messages are about to be unstashed.</summary>
    /// <param name="mailbox">The handler's mailbox; the messages come before all others.</param>
    public void OnUnstashing(IDequeBasedMessageQueueSemantics? mailbox)
    {
        _unstashed.Push([]);
        mailbox?.EnqueueFirst(new Envelope(AfterUnstashed, this));
    }

    public void OnStashChanged(StashReport report)
    {
        foreach (var message in report.Messages)
        {
            if (report is StashReport.Stashed)
            {
                _stashed[message] = null;
            }
            else if (_stashed.Remove(message, out var readAt) && readAt is { } known && report is StashReport.Unstashed)
            {
                _unstashed.Peek().Add(new Waiting(message, known));
            }
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        // Without a subject the handler has stopped: dead letters answer.
        if (message is not ActorIdentity { Subject: not null } answer)
        {
            return;
        }

        if (Equals(answer.MessageId, AfterUnstashed.MessageId))
        {
            _unstashed.Pop().ForEach(OnHandled);
        }
        else if (_told.TryDequeue(out var told))
        {
            OnHandled(told);
        }
    }

    private void OnHandled(Waiting message)
    {
        if (_stashed.ContainsKey(message.Message))
        {
            _stashed[message.Message] = message.ReadAt;
        }
        else
        {
            _metrics.Handled(_metrics.Clock.Elapsed - message.ReadAt);
        }
    }

    /// <summary>A message that was not handled yet.</summary>
    /// <param name="Message">The message.</param>
    /// <param name="ReadAt">When its last byte was read.</param>
    private readonly record struct Waiting(object Message, TimeSpan ReadAt);
}
