using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Sessions;

/// <summary>
/// The check whether a client still waits for its session: a client's disconnect may be noticed late, or never. A client that has waited
/// for long must answer a ping first. Owned by its connection's link.
/// </summary>
internal sealed class ClientLiveness(Clock clock)
{
    /// <summary>A client heard within this time counts as alive.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private TimeSpan _heardAt;

    /// <summary>The actor that awaits the answer; <c>Nobody</c> when none does.</summary>
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>A frame of the client was received.</summary>
    public void OnHeard() => _heardAt = clock.Now;

    /// <returns>Whether it is alive. If that needs a ping, <see cref="OnAlive"/> returns the asker later.</returns>
    public bool IsAlive(IActorRef asker)
    {
        var isAlive = clock.Now - _heardAt < Recently;
        _asker = isAlive ? ActorRefs.Nobody : asker;
        return isAlive;
    }

    /// <summary>The client has answered.</summary>
    /// <returns>The actor to tell.</returns>
    public IActorRef OnAlive()
    {
        var asker = _asker;
        _asker = ActorRefs.Nobody;
        return asker;
    }
}
