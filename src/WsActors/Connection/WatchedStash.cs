using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// The stash of a <see cref="WebSocketHandler"/>, which has to know what becomes of the messages in it: whoever puts one away has not dealt
/// with it, and whoever drops one from it has. Owned by its handler.
/// </summary>
internal sealed class WatchedStash(IStash stash) : IStash
{
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
        stash.Stash();
        _hasCurrent = true;
    }

    public void Unstash() => stash.Unstash();

    public void UnstashAll() => stash.UnstashAll();

    public void UnstashAll(Func<Envelope, bool> predicate) => stash.UnstashAll(envelope =>
    {
        var stays = predicate(envelope);
        _dropped += stays ? 0 : Counted(envelope);
        return stays;
    });

    public IEnumerable<Envelope> ClearStash()
    {
        List<Envelope> cleared = [.. stash.ClearStash()];
        _dropped += cleared.Sum(Counted);
        return cleared;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        List<Envelope> added = [.. envelopes];
        _dropped -= added.Sum(Counted);
        stash.Prepend(added);
    }

    /// <summary>Reckons how many messages of the connection are done with, when something was dealt with.</summary>
    /// <param name="dealtWith">1 if that was such a message, else 0.</param>
    public int Reckon(int dealtWith)
    {
        var done = _dropped + (_hasCurrent ? 0 : dealtWith);
        (_hasCurrent, _dropped) = (false, Math.Min(done, 0));
        return Math.Max(done, 0);
    }

    private static int Counted(Envelope envelope) => envelope.Message is Ws.Received or Ws.ReceivedChunk ? 1 : 0;
}
