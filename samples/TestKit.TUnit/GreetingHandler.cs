using Akka.Actor;
using WsActors;

public sealed class GreetingHandler : ReceiveActor
{
    public GreetingHandler()
    {
        Receive<Ws.Opened>(opened => Sender.Tell(Ws.Send.Text($"Welcome to {opened.Request.RouteValues["room"]}")));
        Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text($"You said: {message.Text}")));
    }
}
