using Akka.Actor;

namespace WsActors.Hosting.Tests;

internal sealed class EchoHandler : ReceiveActor
{
    public EchoHandler() => Receive<Ws.Received>(message => Sender.Tell(Ws.Send.FromReceived(message)));
}

internal sealed record Greeting(string Word);

/// <summary>Takes a service.</summary>
internal sealed class GreetingHandler : ReceiveActor
{
    public GreetingHandler(Greeting greeting) =>
        Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text($"{greeting.Word}, {message.Text}")));
}

/// <summary>Takes a service and the request.</summary>
internal sealed class RoomHandler : ReceiveActor
{
    public RoomHandler(UpgradeRequest request, Greeting greeting) =>
        Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text($"{greeting.Word}, {message.Text} in {request.RouteValues["room"]}")));
}

/// <summary>One for all connections.</summary>
internal sealed class CountingHandler : ReceiveActor
{
    private int _messages;

    public CountingHandler() => Receive<Ws.Received>(_ => Sender.Tell(Ws.Send.Text($"{++_messages}")));
}

/// <summary>Asks for its messages itself, takes a service, and fails when it is told to.</summary>
internal sealed class PolledHandler(Greeting greeting) : WebSocketHandler
{
    private string _word = "";

    protected override int Window => 1;

    protected override void OnOpened(Ws.Opened opened) => _word = opened.IsRestart ? "again" : "first";

    // With a window of one there never is another message waiting.
    protected override void OnText(string text)
    {
        if (text == "fail")
        {
            throw new InvalidOperationException("told to fail");
        }

        Connection.Tell(Ws.Send.Text($"{greeting.Word}, {text}, {_word}, {((ActorRefWithCell)Self).Underlying.NumberOfMessages} more"));
    }
}
