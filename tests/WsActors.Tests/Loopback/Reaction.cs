using Akka.Actor;

namespace WsActors.Tests.Loopback;

/// <summary>A handler that is a function of the test, called with each event.</summary>
internal sealed class Reaction : UntypedActor
{
    private readonly Action<Ws.IEvent> _react;

    public Reaction(Action<Ws.IEvent> react) => _react = react;

    public static Props PropsFor(Action<Ws.IEvent> react) => Props.Create<Reaction>(react);

    /// <summary>Echoes each message unchanged.</summary>
    public static Props Echo { get; } = PropsFor(EchoBack);

    public static void EchoBack(Ws.IEvent happened)
    {
        if (happened is Ws.Received message)
        {
            message.Connection.Tell(Ws.Send.FromReceived(message), ActorRefs.NoSender);
        }
    }

    protected override void OnReceive(object message)
    {
        if (message is Ws.IEvent happened)
        {
            _react(happened);
        }
    }
}
