using System.Net;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.Client.Tests;

/// <summary>The server of this library with a port of its own, in its own actor system.</summary>
internal sealed class WsActorsServer : IOurServer
{
    private readonly ActorSystem _system;

    private readonly StrongBox<int> _flooded;

    private WsActorsServer(ActorSystem system, int port, StrongBox<int> flooded) => (_system, Port, _flooded) = (system, port, flooded);

    public int Flooded => Volatile.Read(ref _flooded.Value);

    public int Port { get; }

    public static async Task<WsActorsServer> Start(
        int port, MessageCompression compression = MessageCompression.Off, string host = "127.0.0.1")
    {
        var config = ConfigurationFactory.ParseString($$"""
            {{ByteSourceUnderTest.Config}}
            akka.loggers = []
            akka.stdout-loglevel = OFF
            akka.log-dead-letters = off
            ws-actors { tick = 20ms, drain { lead = off, spread = off } }
            """);
        var system = ActorSystem.Create("server", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)));
        var flooded = new StrongBox<int>();
        var routes = RouteTable.Empty.Map("/", _ => Props.Create<FloodingEcho>(flooded));
        var bound = await system.WebSockets().BindAsync(
            $"ws://{host}:{port}", routes, options => options with { Compression = options.Compression with { Mode = compression } });
        return new WsActorsServer(system, ((IPEndPoint)bound.LocalEndPoint).Port, flooded);
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();
}
