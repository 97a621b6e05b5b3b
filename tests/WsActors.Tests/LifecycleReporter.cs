using Akka.Actor;

namespace WsActors.Tests;

/// <summary>A handler that reports its start, its Closed and its stop to the test, and stops itself at "stop".</summary>
internal sealed class LifecycleReporter(IActorRef test) : UntypedActor
{
    protected override void PostStop() => test.Tell("stopped");

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Opened: test.Tell("Opened"); break;
            case Ws.Closed closed: test.Tell($"Closed {closed.Code} {closed.By}"); break;
            case Ws.Received { Text: "stop" }: Context.Stop(Self); break;
        }
    }
}
