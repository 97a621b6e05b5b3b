using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Hosting.Tests;

internal sealed class EchoHandler : ReceiveActor
{
    public EchoHandler() => Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Same(message)));
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
        Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text($"{greeting.Word}, {message.Text} in {request.Values["room"]}")));
}

/// <summary>One for all connections.</summary>
internal sealed class CountingHandler : ReceiveActor
{
    private int _messages;

    public CountingHandler() => Receive<Ws.Received>(_ => Sender.Tell(Ws.Send.Text($"{++_messages}")));
}
