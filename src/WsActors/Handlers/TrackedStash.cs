using Akka.Actor;
using Akka.Dispatch;

namespace WsActors.Handlers;

/// <summary>
/// The stash of a handler, which reports its changes to the sender of the messages. A stashed message counts as not handled, whatever the
/// handler's base class. Owned by its handler.
/// </summary>
/// <param name="stash">The wrapped stash.</param>
/// <param name="handler">The handler's cell.</param>
/// <param name="handlerContext">
/// The context of the connection that is told; null for an actor that is not a connection's own handler.
/// </param>
internal sealed class TrackedStash(IStash stash, ActorCell handler, HandlerContext? handlerContext) : IStash
{
    /// <summary>The stashed messages in order; null for a message that did not come from the connection.</summary>
    private readonly LinkedList<object?> _content = [];

    private bool _hasCurrent;

    /// <summary>
    /// Messages of the connection that were dropped and not counted as handled yet; negative for messages stashed again after they were
    /// counted.
    /// </summary>
    private int _dropped;

    /// <summary>Whether the current message was stashed.</summary>
    public bool HasCurrent => _hasCurrent;

    public int Count => stash.Count;

    public bool IsEmpty => stash.IsEmpty;

    public bool NonEmpty => stash.NonEmpty;

    public bool IsFull => stash.IsFull;

    public int Capacity => stash.Capacity;

    public void Stash()
    {
        var current = Counted(handler.CurrentMessage);
        stash.Stash();
        _hasCurrent = true;
        _content.AddLast(current);
        if (current is not null)
        {
            Report(new StashReport.Stashed([current]));
        }
    }

    public void Unstash()
    {
        if (_content.First is not { Value: var first })
        {
            return;
        }

        _content.RemoveFirst();
        PrepareTimer();
        stash.Unstash();
        if (first is not null)
        {
            Report(new StashReport.Unstashed([first]));
        }
    }

    public void UnstashAll()
    {
        // A stopping handler unstashes all into a mailbox that is not read any more. Only then is there no current message.
        if (handler.CurrentMessage is not null)
        {
            UnstashForRestart();
        }
        else
        {
            TakeAll();
            stash.UnstashAll();
        }
    }

    /// <summary>Puts all messages back into the mailbox, which the handler or its restarted instance reads.</summary>
    public void UnstashForRestart()
    {
        PrepareTimer();
        var all = TakeAll();
        stash.UnstashAll();
        if (all.Count > 0)
        {
            Report(new StashReport.Unstashed(all));
        }
    }

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        PrepareTimer();
        TakeAll();
        var (unstashed, dropped) = (new List<object>(), new List<object>());
        stash.UnstashAll(envelope =>
        {
            var isUnstashed = predicate(envelope);
            if (Counted(envelope.Message) is { } message)
            {
                (isUnstashed ? unstashed : dropped).Add(message);
            }

            return isUnstashed;
        });
        Drop(dropped);
        if (unstashed.Count > 0)
        {
            Report(new StashReport.Unstashed(unstashed));
        }
    }

    public IEnumerable<Envelope> ClearStash()
    {
        List<Envelope> cleared = [.. stash.ClearStash()];
        Drop(TakeAll());
        return cleared;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        // Each envelope once, as Akka's stash does it.
        List<Envelope> added = [.. envelopes.Distinct()];
        stash.Prepend(added);
        var counted = new List<object>();
        for (var i = added.Count - 1; i >= 0; i--)
        {
            var message = Counted(added[i].Message);
            _content.AddFirst(message);
            if (message is not null)
            {
                counted.Add(message);
            }
        }

        _dropped -= counted.Count;
        if (counted.Count > 0)
        {
            Report(new StashReport.Stashed(counted));
        }
    }

    /// <summary>Counts the messages of the connection that are done, after a message was handled.</summary>
    /// <param name="handled">1 if that was a message of the connection, else 0.</param>
    public int CountHandled(int handled)
    {
        var done = _dropped + (_hasCurrent ? 0 : handled);
        (_hasCurrent, _dropped) = (false, Math.Min(done, 0));
        return Math.Max(done, 0);
    }

    private static object? Counted(object? message) => message is Ws.Received or Ws.ReceivedChunk ? message : null;

    /// <summary>Messages are about to be unstashed.</summary>
    private void PrepareTimer() => handlerContext?.Timer?.OnUnstashing(handler.Mailbox?.MessageQueue as IDequeBasedMessageQueueSemantics);

    private List<object> TakeAll()
    {
        List<object> all = [.. _content.OfType<object>()];
        _content.Clear();
        return all;
    }

    private void Drop(List<object> messages)
    {
        _dropped += messages.Count;
        if (messages.Count > 0)
        {
            Report(new StashReport.Dropped(messages));
        }
    }

    private void Report(StashReport report)
    {
        handlerContext?.OnStashChanged(report);
        handlerContext?.Opened?.Connection.Tell(report, handler.Self);
    }
}
