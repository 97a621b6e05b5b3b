using Akka.Actor;
using WsActors.Protocol;

namespace WsActors.Server.Samples;

/// <summary>Passes every message on to a topic, unchanged. One a connection, a child of it. Its topics are its own: nobody speaks in a chat's.</summary>
internal sealed class BroadcastHandler : ReceiveActor, IWithStash
{
    private readonly string _topic;
    private readonly IActorRef _topics = Context.System.WebSockets().Topics;

    public BroadcastHandler(string topic)
    {
        _topic = $"broadcast/{topic}";
        Joining();
    }

    public IStash Stash { get; set; } = null!; // Akka sets it before the first message.

    /// <summary>For a route with a <c>{topic}</c>.</summary>
    public static Props PropsFor(UpgradeRequest request) => Props.Create<BroadcastHandler>(request.RouteValues["topic"]);

    // Who sends is a member, and is sent it, too: so what comes before the answer waits.
    private void Joining()
    {
        Receive<Ws.Opened>(opened => opened.Connection.Tell(new Ws.Join(_topic)));
        Receive<Ws.Joined>(_ =>
        {
            Become(Member);
            Stash.UnstashAll();
        });
        Receive<Ws.JoinFailed>(failed => failed.Connection.Tell(new Ws.Close(CloseCode.PolicyViolation, "not the name of a topic")));
        Receive<Ws.Closed>(_ => Context.Stop(Self));
        ReceiveAny(_ => Stash.Stash());
    }

    private void Member()
    {
        Receive<Ws.Received>(message => _topics.Tell(new Ws.Publish(_topic, Ws.Send.FromReceived(message))));
        Receive<Ws.Closed>(_ => Context.Stop(Self)); // the topic watches the connection, and so knows
    }
}
