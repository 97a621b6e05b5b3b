using Akka.Actor;

namespace WsActors.Server.Samples;

/// <summary>
/// The conversation with a hub: the road to actors that have a name, such as a chat's rooms. Handlers know the hub and the name
/// only, so a restarted one has lost nothing, and the named actors may come and go.
/// </summary>
internal static class Hub
{
    /// <summary>Hands a newcomer to the actor of that name, which is made if there is none.</summary>
    /// <param name="Name">Compared exactly.</param>
    /// <param name="Message">What the named actor is told, with the same sender.</param>
    public sealed record Join(string Name, object Message);

    /// <summary>Tells the actor of that name something, with the same sender. Nothing happens when there is none.</summary>
    /// <param name="Name">Compared exactly.</param>
    /// <param name="Message">What the named actor is told.</param>
    public sealed record Pass(string Name, object Message);

    /// <summary>What a named actor tells its hub when the last one has left it.</summary>
    /// <param name="Name">Its own.</param>
    /// <param name="Joins">How many newcomers it has been handed in its life.</param>
    public sealed record Empty(string Name, int Joins);
}

/// <summary>Makes a named actor when someone joins it, stops it when it is empty. One for all rooms.</summary>
internal sealed class HubActor : ReceiveActor
{
    private readonly Dictionary<string, Child> _children = [];
    private readonly Func<string, Props> _propsFor;

    public HubActor(Func<string, Props> propsFor)
    {
        _propsFor = propsFor;
        Receive<Hub.Join>(Join);
        Receive<Hub.Pass>(pass => _children.GetValueOrDefault(pass.Name)?.Actor.Forward(pass.Message));
        Receive<Hub.Empty>(StopIfStillEmpty);
        Receive<Failed>(Forget);
    }

    /// <summary>A hub whose named actors are made by <paramref name="propsFor"/>.</summary>
    public static Props PropsFor(Func<string, Props> propsFor) => Props.Create<HubActor>(propsFor);

    /// <summary>A restarted room would not know who is in it: a failed one stops, and sends its people away to come back.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    private void Join(Hub.Join join)
    {
        if (!_children.TryGetValue(join.Name, out var child))
        {
            var actor = Context.ActorOf(_propsFor(join.Name));
            Context.WatchWith(actor, new Failed(join.Name, actor));
            _children.Add(join.Name, child = new Child(actor));
        }

        child.Joins++;
        child.Actor.Forward(join.Message);
    }

    // A newcomer may be on the way to an actor that has just called itself empty. The count tells: all joins pass through here,
    // so when the actor has seen as many as were handed to it, none is on the way. The next one gets a new actor.
    private void StopIfStillEmpty(Hub.Empty empty)
    {
        if (_children.TryGetValue(empty.Name, out var child) && child.Actor.Equals(Sender) && child.Joins == empty.Joins)
        {
            _children.Remove(empty.Name);
            Context.Stop(Context.Unwatch(child.Actor));
        }
    }

    private void Forget(Failed failed)
    {
        if (_children.TryGetValue(failed.Name, out var child) && child.Actor.Equals(failed.Actor))
        {
            _children.Remove(failed.Name);
        }
    }

    private sealed record Failed(string Name, IActorRef Actor);

    private sealed class Child(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        /// <summary>How many newcomers it was handed, those on the way included.</summary>
        public int Joins { get; set; }
    }
}
