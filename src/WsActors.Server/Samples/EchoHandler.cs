using Akka.Actor;

namespace WsActors.Server.Samples;

/// <summary>
/// Sends every message back unchanged: the smallest handler. One for each connection, a child of it. An <see cref="UntypedActor"/> takes
/// half a kilobyte less than a <see cref="ReceiveActor"/>, which matters with many idle connections.
/// </summary>
internal sealed class EchoHandler : UntypedActor
{
    /// <summary>The Props, the same for every request.</summary>
    public static Props Props { get; } = Props.Create<EchoHandler>();

    protected override void OnReceive(object message)
    {
        if (message is Ws.Received received)
        {
            Sender.Tell(Ws.Send.FromReceived(received));
        }
    }
}
