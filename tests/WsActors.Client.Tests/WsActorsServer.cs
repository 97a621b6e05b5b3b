using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.Client.Tests;

/// <summary>The server of this library, in its own actor system.</summary>
internal sealed class WsActorsServer : IServer
{
    /// <summary>The payload of one message of a flood.</summary>
    public const int FloodBytes = 64 * 1024;

    private readonly ActorSystem _system;

    private readonly StrongBox<int> _flooded;

    private WsActorsServer(ActorSystem system, int port, StrongBox<int> flooded) => (_system, Port, _flooded) = (system, port, flooded);

    /// <summary>The number of messages of a flood that the kernel has taken.</summary>
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
        var routes = RouteTable.Empty.Map("/", _ => Props.Create<Echo>(flooded));
        var bound = await system.WebSockets().BindAsync(
            $"ws://{host}:{port}", routes, options => options with { Compression = options.Compression with { Mode = compression } });
        return new WsActorsServer(system, ((IPEndPoint)bound.LocalEndPoint).Port, flooded);
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>Upon <c>flood 100</c>, it sends that number of messages, each after the kernel took the previous one.</summary>
    private sealed class Echo : UntypedActor
    {
        private readonly StrongBox<int> _flooded;

        private int _flood;

        public Echo(StrongBox<int> flooded) => _flooded = flooded;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Received { Kind: MessageKind.Text } received when received.Text.Split(' ') is ["close", var code, var reason]:
                    Sender.Tell(new Ws.Close(int.Parse(code, CultureInfo.InvariantCulture), reason));
                    break;
                case Ws.Received { Kind: MessageKind.Text } received when received.Text.Split(' ') is ["flood", var count]:
                    _flood = int.Parse(count, CultureInfo.InvariantCulture);
                    Flood(0);
                    break;
                case int taken:
                    Volatile.Write(ref _flooded.Value, taken);
                    Flood(taken);
                    break;
                case Ws.Received received: Sender.Tell(Ws.Send.FromReceived(received)); break;
            }
        }

        private void Flood(int taken)
        {
            if (taken < _flood)
            {
                var message = new byte[FloodBytes];
                BinaryPrimitives.WriteInt32BigEndian(message, taken);
                Sender.Tell(Ws.Send.Binary(message) with { Ack = taken + 1 });
            }
        }
    }
}
