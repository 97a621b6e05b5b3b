using Akka.Actor;
using WsActors.Protocol;

namespace WsActors.Server.Samples;

/// <summary>
/// Publishes every message unchanged to a topic. One for each connection, a child of it. Its topics have a prefix, so that they are
/// separate from those of the chat.
/// </summary>
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

    /// <summary>The Props for a route with the parameter <c>{topic}</c>.</summary>
    public static Props PropsFor(UpgradeRequest request) => Props.Create<BroadcastHandler>(request.RouteValues["topic"]);

    // The sender of a message gets it as well, so it must be a member: messages wait until it has joined.
    private void Joining()
    {
        Receive<Ws.Opened>(opened => opened.Connection.Tell(new Ws.Join(_topic)));
        Receive<Ws.Joined>(_ =>
        {
            Become(Member);
            Stash.UnstashAll();
        });
        Receive<Ws.JoinFailed>(failed => failed.Connection.Tell(new Ws.Close(CloseCode.PolicyViolation, "the topic's name is too long")));
        Receive<Ws.Closed>(_ => Context.Stop(Self));
        ReceiveAny(_ => Stash.Stash());
    }

    private void Member()
    {
        Receive<Ws.Received>(message => _topics.Tell(new Ws.Publish(_topic, Ws.Send.FromReceived(message))));
        Receive<Ws.Closed>(_ => Context.Stop(Self)); // The topic watches the connection and removes it.
    }
}
