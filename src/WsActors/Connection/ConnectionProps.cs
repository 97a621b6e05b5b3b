using Akka.Actor;
using WsActors.Dispatch;
using WsActors.Transport.Polling;

namespace WsActors.Connection;

/// <summary>A connection's Props. What is the same for all is theirs together, and they are made without reflection.</summary>
internal sealed class ConnectionProps : Props
{
    // A pattern: nothing is made by it.
    private static readonly Props OnThePool = Props.Create(static () => new ConnectionActor(null!, null!, null!)).WithMailbox(CompactMailbox.Path);

    private static readonly Props InTurns = OnThePool.WithDispatcher(InlineDispatcher.Name);

    private readonly ConnectionStart _start;

    private readonly WakeUpTime _wakeUpTime;

    private readonly ConnectionStats _stats;

    private ConnectionProps(Props pattern, ConnectionStart connectionStart, WakeUpTime wakeUpTime, ConnectionStats connectionStats)
        : base(pattern) => (_start, _wakeUpTime, _stats) = (connectionStart, wakeUpTime, connectionStats);

    /// <param name="connectionStart">How it comes about.</param>
    /// <param name="wakeUpTime">When it wants to be woken.</param>
    /// <param name="connectionStats">What can be told about it.</param>
    public static ConnectionProps Create(ConnectionStart connectionStart, WakeUpTime wakeUpTime, ConnectionStats connectionStats) =>
        new(connectionStart.UsesRunQueue ? InTurns : OnThePool, connectionStart, wakeUpTime, connectionStats);

#pragma warning disable AK1000 // These are the Props that make it.
    public override ActorBase NewActor() => new ConnectionActor(_start, _wakeUpTime, _stats);
#pragma warning restore AK1000

    protected override Props Copy() => new ConnectionProps(this, _start, _wakeUpTime, _stats);
}
