using Akka.Actor;

namespace WsActors.Transport.Sockets;

/// <summary>The acceptor without pollers, which no scenario has.</summary>
internal sealed class AsyncAcceptor(Socket listening, SocketRegistry sockets, IActorRef handler, IActorRef listener)
    : Acceptor(listening, sockets, handler, listener)
{
    public override void Accept() => throw new NotSupportedException();
}
