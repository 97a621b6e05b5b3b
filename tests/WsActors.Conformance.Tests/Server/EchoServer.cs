using System.Net;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Conformance.Tests.Server;

/// <summary>A server with a port of its own.</summary>
internal sealed class EchoServer : IEchoServer
{
    private readonly ActorSystem _system;

    private readonly IPEndPoint _endPoint;

    private EchoServer(ActorSystem system, IPEndPoint endPoint) => (_system, _endPoint) = (system, endPoint);

    public static async Task<IEchoServer> Start(EchoOptions options)
    {
        var system = ActorSystem.Create("conformance", options.Hocon);
        var bound = await system.WebSockets().BindAsync("ws://127.0.0.1:0", RouteTable.Empty.Map("/", static _ => Props.Create<Echo>()));
        return new EchoServer(system, (IPEndPoint)bound.LocalEndPoint);
    }

    public Task<IPeer> Connect(string? extensions) => SocketPeer.Connect(_endPoint, extensions);

    public async ValueTask DisposeAsync() => await _system.Terminate();
}
