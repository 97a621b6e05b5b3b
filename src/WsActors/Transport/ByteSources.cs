using Akka.Actor;
using Akka.IO;
using WsActors.Transport.Sockets;

namespace WsActors.Transport;

/// <summary>The byte sources by name, as <c>ws-actors.transport</c> has them.</summary>
internal static class ByteSources
{
    public const string AkkaIo = "akka-io";

    public const string Sockets = "sockets";

    /// <summary>The one of a name, started in the system. Called once a system.</summary>
    public static IActorRef Start(string name, ExtendedActorSystem system, OpenSockets open) => name == Sockets
        ? system.SystemActorOf(SocketSource.PropsFor(open), "websockets-sockets")
        : system.Tcp();
}
