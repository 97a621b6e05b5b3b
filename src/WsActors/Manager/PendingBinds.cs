using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Event;
using Akka.IO;

namespace WsActors.Manager;

/// <summary>
/// The queue of binds without an answer. Only the first has been sent to its source: a source's <c>Bound</c> does not tell which bind it
/// answers. Part of the manager, whose context watches the sources.
/// </summary>
internal sealed class PendingBinds(IActorContext manager, IActorRef source)
{
    /// <summary>
    /// Each bind with its command. The command is created before the bind is queued, so that one that fails does not block others.
    /// </summary>
    private readonly Queue<(PendingBind Bind, Tcp.Bind Command)> _pending = [];

    /// <summary>Most deferred messages: a source may never answer. Akka.IO's listener accepts ten sockets until it is bound.</summary>
    private const int MaxDeferred = 1000;

    /// <summary>Messages that a listener did not handle; they are sent to it again after its bind.</summary>
    private readonly List<UnhandledMessage> _deferred = [];

    public bool HasPending => _pending.Count > 0;

    /// <summary>Whether the first bind awaits the answer of this source.</summary>
    public bool IsAwaited(IActorRef source) => _pending.TryPeek(out var first) && SourceOf(first.Bind).Equals(source);

    public void Add(PendingBind bind)
    {
        // Our send queue has its own limit. The source's limit would drop writes in the middle of a frame.
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
    /// Keeps an unhandled message, to send it again after the source's answer. Akka.IO listens and accepts before its listener knows that
    /// it is bound. Until then the listener does not handle a socket, keeps it for ever, and stops accepting after ten.
    /// </summary>
    public void DeferUnhandled(UnhandledMessage unhandled)
    {
        if (HasPending && _deferred.Count < MaxDeferred)
        {
            _deferred.Add(unhandled);
        }
    }

    /// <summary>Keeps a message that the manager can handle only after that answer.</summary>
    public void Defer(object message, IActorRef sender) => _deferred.Add(new UnhandledMessage(message, sender, manager.Self));

    /// <summary>Removes the bind that was answered, and starts the next.</summary>
    /// <param name="listening">The actor that listens, which is sent its deferred messages again; null if the bind failed.</param>
    /// <param name="bind">The answered bind.</param>
    public bool TryComplete(IActorRef? listening, [NotNullWhen(true)] out PendingBind? bind)
    {
        foreach (var unhandled in _deferred)
        {
            if (unhandled.Recipient.Equals(listening) || unhandled.Recipient.Equals(manager.Self))
            {
                unhandled.Recipient.Tell(unhandled.Message, unhandled.Sender);
            }
        }

        _deferred.Clear();
        manager.System.EventStream.Unsubscribe(manager.Self, typeof(UnhandledMessage));
        var wasPending = _pending.TryDequeue(out var first);
        bind = first.Bind;
        if (wasPending && _pending.TryPeek(out var next))
        {
            Start(next);
        }

        return wasPending;
    }

    private void Start((PendingBind Bind, Tcp.Bind Command) next)
    {
        manager.System.EventStream.Subscribe(manager.Self, typeof(UnhandledMessage));
        manager.Watch(SourceOf(next.Bind)).Tell(next.Command, manager.Self);
    }

    private IActorRef SourceOf(PendingBind bind) => bind.Bind.Source ?? source;
}
