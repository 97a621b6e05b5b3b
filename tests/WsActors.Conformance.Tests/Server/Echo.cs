using Akka.Actor;

namespace WsActors.Conformance.Tests.Server;

/// <summary>Answers each message with the same.</summary>
internal sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is Ws.Received received)
        {
            Sender.Tell(Ws.Send.FromReceived(received));
        }
    }
}
