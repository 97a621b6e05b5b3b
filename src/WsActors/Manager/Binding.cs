using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.IO;

namespace WsActors.Manager;

/// <summary>
/// Endpoints that were asked for and have no answer yet. Only the first is with its source: a source's <c>Bound</c> does not say which bind
/// it answers. Part of the manager, whose context it watches sources in.
/// </summary>
internal sealed class Binding(IActorContext manager, IActorRef source)
{
    private readonly Queue<PendingBind> _pending = [];

    public bool IsGoingOn => _pending.Count > 0;

    /// <summary>Whether this is the source that has to answer.</summary>
    public bool IsAsked(IActorRef source) => _pending.TryPeek(out var first) && SourceOf(first).Equals(source);

    public void Add(PendingBind bind)
    {
        _pending.Enqueue(bind);
        if (_pending.Count == 1)
        {
            Start(bind);
        }
    }

    /// <summary>Takes the one whose answer came, and goes on with the next.</summary>
    public bool TryFinish([NotNullWhen(true)] out PendingBind? bind)
    {
        var isOne = _pending.TryDequeue(out bind);
        if (isOne && _pending.TryPeek(out var next))
        {
            Start(next);
        }

        return isOne;
    }

    private void Start(PendingBind bind)
    {
        // Our outbox bounds what is queued; the source's own bound would drop writes in the middle of a frame.
        var settings = TcpSettings.Create(manager.System) with { WriteCommandsQueueMaxSize = -1 };
        manager.Watch(SourceOf(bind)).Tell(bind.ToTcp(manager.Self, settings), manager.Self);
    }

    private IActorRef SourceOf(PendingBind bind) => bind.Bind.Source ?? source;
}
