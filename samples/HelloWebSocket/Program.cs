using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using WsActors;
using WsActors.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddAkka("chat", akka => akka.WithWebSockets(ws => ws
    .Listen("ws://127.0.0.1:8080")
    .Map<GreetingHandler>("/chat/{room}")));        // one handler for each connection, made with dependency injection
await builder.Build().RunAsync();

public sealed class GreetingHandler : ReceiveActor
{
    public GreetingHandler()
    {
        Receive<Ws.Opened>(opened => Sender.Tell(Ws.Send.Text($"Welcome to {opened.Request.RouteValues["room"]}")));
        Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text($"You said: {message.Text}")));
        Receive<Ws.Closed>(closed => Context.GetLogger().Info("Closed with {0}", closed.Code));
    }
}
