using Akka.Actor;

namespace WsActors.Tests;

/// <summary>A handler that echoes, and fails or stops on command.</summary>
public sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Received { Text: "fail" }: throw new InvalidOperationException("told to fail");
            case Ws.Received { Text: "stop" }: Context.Stop(Self); break;
            case Ws.Received received: Sender.Tell(Ws.Send.FromReceived(received)); break;
        }
    }
}
