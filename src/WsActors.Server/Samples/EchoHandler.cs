using Akka.Actor;

namespace WsActors.Server.Samples;

/// <summary>
/// Sends every message back as it came: the smallest handler. One a connection, a child of it. An <see cref="UntypedActor"/>, which takes half a
/// kilobyte less than a <see cref="ReceiveActor"/>: with many idle connections that shows.
/// </summary>
internal sealed class EchoHandler : UntypedActor
{
    /// <summary>The same for every request.</summary>
    public static Props Props { get; } = Props.Create<EchoHandler>();

    protected override void OnReceive(object message)
    {
        if (message is Ws.Received received)
        {
            Sender.Tell(Ws.Send.FromReceived(received));
        }
    }
}
