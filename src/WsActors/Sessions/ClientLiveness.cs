using Akka.Actor;

namespace WsActors.Sessions;

/// <summary>
/// Whether a client still waits for its session: one that gives up is not always seen to, in time or at all. So who has waited for long shows
/// that it is there, by answering a ping. Owned by its connection's link.
/// </summary>
internal sealed class ClientLiveness(Clock clock)
{
    /// <summary>One that was heard so recently is taken to be there.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private TimeSpan _heardAt;

    /// <summary>Who asked, and is told when it shows; nobody when nobody is.</summary>
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>It was heard now.</summary>
    public void OnHeard() => _heardAt = clock.Now;

    /// <returns>Whether it is there. If it has to show that, whoever asked is told by <see cref="OnAlive"/>.</returns>
    public bool IsAlive(IActorRef asker)
    {
        var isThere = clock.Now - _heardAt < Recently;
        _asker = isThere ? ActorRefs.Nobody : asker;
        return isThere;
    }

    /// <summary>It is there.</summary>
    /// <returns>Who is told.</returns>
    public IActorRef OnAlive()
    {
        var asker = _asker;
        _asker = ActorRefs.Nobody;
        return asker;
    }
}
