using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using WsActors.Routing;

namespace WsActors.Client.Tests;

/// <summary>Our own server, in a system of its own.</summary>
internal sealed class WsActorsServer : IServer
{
    private readonly ActorSystem _system;

    private WsActorsServer(ActorSystem system, int port) => (_system, Port) = (system, port);

    public int Port { get; }

    public static async Task<IServer> Start(int port, MessageCompression compression = MessageCompression.Off)
    {
        var config = ConfigurationFactory.ParseString("""
            akka.loggers = []
            akka.stdout-loglevel = OFF
            akka.log-dead-letters = off
            ws-actors { tick = 20ms, drain { lead = off, spread = off } }
            """);
        var system = ActorSystem.Create("server", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)));
        var routes = RouteTable.Empty.Map("/", static _ => Props.Create<Echo>(), new RouteOptions { Subprotocols = [] });
        var bound = await system.WebSockets().Bind(
            $"ws://127.0.0.1:{port}", routes, options => options with { Compression = options.Compression with { Mode = compression } });
        return new WsActorsServer(system, ((IPEndPoint)bound.LocalEndPoint).Port);
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Received { Kind: Protocol.Messages.MessageKind.Text } received when received.Text.Split(' ') is ["close", var code, var reason]:
                    Sender.Tell(new Ws.Close(int.Parse(code, CultureInfo.InvariantCulture), reason));
                    break;
                case Ws.Received received: Sender.Tell(Ws.Send.Same(received)); break;
            }
        }
    }
}
