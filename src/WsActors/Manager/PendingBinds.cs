using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Event;
using Akka.IO;

namespace WsActors.Manager;

/// <summary>
/// Endpoints that were asked for and have no answer yet. Only the first is with its source: a source's <c>Bound</c> does not say which bind
/// it answers. Part of the manager, whose context it watches sources in.
/// </summary>
internal sealed class PendingBinds(IActorContext manager, IActorRef source)
{
    /// <summary>Each with what its source is told: made before it is queued, so that one that cannot be made does not stand before others.</summary>
    private readonly Queue<(PendingBind Bind, Tcp.Bind Command)> _pending = [];

    /// <summary>Most that are kept of what others could not answer: a source may never answer. Akka.IO's listener accepts ten until it is bound.</summary>
    private const int MaxDeferred = 1000;

    /// <summary>The messages that a listener published as unhandled; they are told again after its bind.</summary>
    private readonly List<UnhandledMessage> _deferred = [];

    public bool HasPending => _pending.Count > 0;

    /// <summary>Whether this is the source that has to answer.</summary>
    public bool IsAwaited(IActorRef source) => _pending.TryPeek(out var first) && SourceOf(first.Bind).Equals(source);

    public void Add(PendingBind bind)
    {
        // Our outbox bounds what is queued; the source's own bound would drop writes in the middle of a frame.
        var settings = TcpSettings.Create(manager.System) with { WriteCommandsQueueMaxSize = -1 };
        _pending.Enqueue((bind, bind.ToTcp(manager.Self, settings)));
        if (_pending.Count == 1)
        {
            Start(_pending.Peek());
        }
    }

    /// <summary>The binds without an answer.</summary>
    public IEnumerable<PendingBind> Pending => _pending.Select(static one => one.Bind);

    /// <summary>
    /// Notes what an actor had no answer to, to tell it again behind the answer of the source. Akka.IO listens and accepts before its listener knows that
    /// it is bound: until then that has no answer to a socket, would hold it for ever, and after ten of them accept no more.
    /// </summary>
    public void DeferUnhandled(UnhandledMessage early)
    {
        if (HasPending && _deferred.Count < MaxDeferred)
        {
            _deferred.Add(early);
        }
    }

    /// <summary>The manager cannot deal with what it is told before that answer.</summary>
    public void Defer(object message, IActorRef sender) => _deferred.Add(new UnhandledMessage(message, sender, manager.Self));

    /// <summary>Takes the one whose answer came, and goes on with the next.</summary>
    /// <param name="listening">Who listens, and is told again what it was told too early; null if nobody does.</param>
    /// <param name="bind">The one.</param>
    public bool TryComplete(IActorRef? listening, [NotNullWhen(true)] out PendingBind? bind)
    {
        foreach (var early in _deferred)
        {
            if (early.Recipient.Equals(listening) || early.Recipient.Equals(manager.Self))
            {
                early.Recipient.Tell(early.Message, early.Sender);
            }
        }

        _deferred.Clear();
        manager.System.EventStream.Unsubscribe(manager.Self, typeof(UnhandledMessage));
        var isOne = _pending.TryDequeue(out var first);
        bind = first.Bind;
        if (isOne && _pending.TryPeek(out var next))
        {
            Start(next);
        }

        return isOne;
    }

    private void Start((PendingBind Bind, Tcp.Bind Command) next)
    {
        manager.System.EventStream.Subscribe(manager.Self, typeof(UnhandledMessage));
        manager.Watch(SourceOf(next.Bind)).Tell(next.Command, manager.Self);
    }

    private IActorRef SourceOf(PendingBind bind) => bind.Bind.Source ?? source;
}
