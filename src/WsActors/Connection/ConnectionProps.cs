using Akka.Actor;
using WsActors.Dispatch;

namespace WsActors.Connection;

/// <summary>A connection's Props. What is the same for all is theirs together, and they are made without reflection.</summary>
internal sealed class ConnectionProps : Props
{
    // A pattern: nothing is made by it.
    private static readonly Props OnThePool = Props.Create(static () => new ConnectionActor(null!, null!, null!)).WithMailbox(CompactMailbox.Path);

    private static readonly Props InTurns = OnThePool.WithDispatcher(InlineDispatcher.Name);

    private readonly Beginning _beginning;

    private readonly WakeUp _wakeUp;

    private readonly Vitals _vitals;

    private ConnectionProps(Props pattern, Beginning beginning, WakeUp wakeUp, Vitals vitals)
        : base(pattern) => (_beginning, _wakeUp, _vitals) = (beginning, wakeUp, vitals);

    /// <param name="beginning">How it comes about.</param>
    /// <param name="wakeUp">When it wants to be woken.</param>
    /// <param name="vitals">What can be told about it.</param>
    public static ConnectionProps Of(Beginning beginning, WakeUp wakeUp, Vitals vitals) =>
        new(beginning.TakesTurns ? InTurns : OnThePool, beginning, wakeUp, vitals);

#pragma warning disable AK1000 // These are the Props that make it.
    public override ActorBase NewActor() => new ConnectionActor(_beginning, _wakeUp, _vitals);
#pragma warning restore AK1000

    protected override Props Copy() => new ConnectionProps(this, _beginning, _wakeUp, _vitals);
}
