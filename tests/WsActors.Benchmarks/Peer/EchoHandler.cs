using Akka.Actor;

namespace WsActors.Benchmarks.Peer;

/// <summary>Sends every message back unchanged, as the program's does.</summary>
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
