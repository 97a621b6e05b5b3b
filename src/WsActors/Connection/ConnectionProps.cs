using Akka.Actor;
using WsActors.Dispatch;
using WsActors.Transport.Polling;

namespace WsActors.Connection;

/// <summary>The <c>Props</c> of a connection. All connections share one template, and are created without reflection.</summary>
internal sealed class ConnectionProps : Props
{
    // A template: no actor is created from it.
    private static readonly Props ThreadPoolTemplate =
        Props.Create(static () => new ConnectionActor(null!, null!, null!)).WithMailbox(CompactMailbox.Path);

    private static readonly Props RunQueueTemplate = ThreadPoolTemplate.WithDispatcher(InlineDispatcher.Name);

    private readonly ConnectionStart _start;

    private readonly WakeUpTime _wakeUpTime;

    private readonly ConnectionStats _stats;

    private ConnectionProps(Props template, ConnectionStart connectionStart, WakeUpTime wakeUpTime, ConnectionStats connectionStats)
        : base(template) => (_start, _wakeUpTime, _stats) = (connectionStart, wakeUpTime, connectionStats);

    /// <param name="connectionStart">The start of the connection: accepted or dialed.</param>
    /// <param name="wakeUpTime">The time of its next deadline, which the connection sets.</param>
    /// <param name="connectionStats">Its counters.</param>
    public static ConnectionProps Create(ConnectionStart connectionStart, WakeUpTime wakeUpTime, ConnectionStats connectionStats) =>
        new(connectionStart.UsesRunQueue ? RunQueueTemplate : ThreadPoolTemplate, connectionStart, wakeUpTime, connectionStats);

#pragma warning disable AK1000 // These Props create the actor.
    public override ActorBase NewActor() => new ConnectionActor(_start, _wakeUpTime, _stats);
#pragma warning restore AK1000

    protected override Props Copy() => new ConnectionProps(this, _start, _wakeUpTime, _stats);
}
