using System.Net;
using Akka.Actor;
using WsActors.Protocol.Messages;
using WsActors.Routing;

namespace WsActors.Conformance.Tests.Server;

/// <summary>A real echo server on a free port. Its limits are set by the public keys.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly ActorSystem _system;

    private EchoServer(ActorSystem system) => _system = system;

    /// <summary>The address where it listens.</summary>
    public required IPEndPoint EndPoint { get; init; }

    public static async Task<EchoServer> Start(MessageLimits limits, MessageCompression compression)
    {
        // A machine may be slow; nothing here is about deadlines.
        var system = ActorSystem.Create("conformance", $$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.log-dead-letters = off
            ws-actors {
              message.max-size = {{limits.MaxMessageBytes}}B
              message.max-fragments = {{limits.MaxFragments}}
              compression { mode = {{compression.ToString().ToLowerInvariant()}}, threshold = 0B }
              handshake.timeout = 60s
              keep-alive.ping-interval = off
              progress.partial-frame-timeout = 60s
              progress.write-timeout = 60s
              close-timeout = 60s
            }
            """);
        var bound = await system.WebSockets().BindAsync("ws://127.0.0.1:0", RouteTable.Empty.Map("/", static _ => Props.Create<Echo>()));
        return new EchoServer(system) { EndPoint = (IPEndPoint)bound.LocalEndPoint };
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received received)
            {
                Sender.Tell(Ws.Send.FromReceived(received));
            }
        }
    }
}
