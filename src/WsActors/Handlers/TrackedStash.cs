using Akka.Actor;

namespace WsActors.Handlers;

/// <summary>
/// The stash of a handler. A stashed message is not handled, whatever the handler's base class; its sender is told.
/// Owned by its handler.
/// </summary>
/// <param name="stash">What holds the messages.</param>
/// <param name="handler">The handler's.</param>
/// <param name="handlerContext">Says whom to tell; null for an actor that is no connection's own.</param>
internal sealed class TrackedStash(IStash stash, ActorCell handler, HandlerContext? handlerContext) : IStash
{
    /// <summary>The contents in order; null for a message that is not the connection's.</summary>
    private readonly LinkedList<object?> _content = [];

    /// <summary>Whether the message that is being dealt with was put away.</summary>
    private bool _hasCurrent;

    /// <summary>Messages of the connection that were dropped and not reckoned yet; below zero, those that came back after they were.</summary>
    private int _dropped;

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
        stash.Unstash();
        if (first is not null)
        {
            Report(new StashReport.Unstashed([first]));
        }
    }

    public void UnstashAll()
    {
        // A handler that stops brings its stash back to a mailbox that nobody reads any more: between messages, as nothing else does.
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

    /// <summary>
    /// Puts everything back in the mailbox, which is read further: by the handler, or by the one that is made in its place.
    /// </summary>
    public void UnstashForRestart()
    {
        var all = TakeAll();
        stash.UnstashAll();
        if (all.Count > 0)
        {
            Report(new StashReport.Unstashed(all));
        }
    }

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        TakeAll();
        var (stay, go) = (new List<object>(), new List<object>());
        stash.UnstashAll(envelope =>
        {
            var stays = predicate(envelope);
            if (Counted(envelope.Message) is { } message)
            {
                (stays ? stay : go).Add(message);
            }

            return stays;
        });
        Drop(go);
        if (stay.Count > 0)
        {
            Report(new StashReport.Unstashed(stay));
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
        // Each once, as Akka's does it.
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

    /// <summary>Reckons how many messages of the connection are done with, when something was dealt with.</summary>
    /// <param name="dealtWith">1 if that was such a message, else 0.</param>
    public int CountHandled(int dealtWith)
    {
        var done = _dropped + (_hasCurrent ? 0 : dealtWith);
        (_hasCurrent, _dropped) = (false, Math.Min(done, 0));
        return Math.Max(done, 0);
    }

    private static object? Counted(object? message) => message is Ws.Received or Ws.ReceivedChunk ? message : null;

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
