using Akka.Actor;
using WsActors.Protocol;

namespace WsActors.Server.Samples;

/// <summary>Tells everyone who joined each message, the one who sent it included. A child of a <see cref="HubActor"/>.</summary>
internal sealed class TopicActor : ReceiveActor
{
    // Connections by handler: a handler's end, whatever the cause, is how one leaves.
    private readonly Dictionary<IActorRef, IActorRef> _members = [];
    private readonly string _name;
    private int _joins;

    public TopicActor(string name)
    {
        _name = name;
        Receive<Join>(Add);
        Receive<Ws.Send>(TellAll);
        Receive<Terminated>(terminated => Remove(terminated.ActorRef));
    }

    public static Props PropsFor(string name) => Props.Create<TopicActor>(name);

    // Members are left only when the topic failed: they come back to a new one (RFC 6455's registry: 1012, service restart).
    protected override void PostStop() => TellAll(new Ws.Close(CloseCode.ServiceRestart, "the topic restarts"));

    private void Add(Join join)
    {
        _joins++;
        _members[Context.Watch(Sender)] = join.Connection;
    }

    private void Remove(IActorRef handler)
    {
        _members.Remove(handler);
        if (_members.Count == 0)
        {
            Context.Parent.Tell(new Hub.Empty(_name, _joins));
        }
    }

    private void TellAll(Ws.ICommand command)
    {
        foreach (var connection in _members.Values)
        {
            connection.Tell(command);
        }
    }

    /// <summary>Told by a handler, which is watched from then on.</summary>
    public sealed record Join(IActorRef Connection);
}
