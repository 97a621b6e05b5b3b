using Akka.Actor;
using Akka.Configuration;
using Akka.IO;
using WsActors.Settings;
using WsActors.Transport.Sockets;

namespace WsActors.Transport;

/// <summary>The byte sources of a system by name, as <c>ws-actors.transport</c> has them. One per system; any thread.</summary>
internal sealed class ByteSources(ExtendedActorSystem system, SocketRegistry sockets)
{
    private readonly Lazy<IActorRef> _sockets =
        new(() => system.SystemActorOf(SocketSourceActor.PropsFor(sockets), "websockets-sockets"));

    /// <summary>The <c>sockets</c> source, started at its first use. Only this source has TLS and Unix sockets.</summary>
    public IActorRef Sockets => _sockets.Value;

    /// <summary>Whether a source is the <c>sockets</c> source.</summary>
    public bool AreSockets(IActorRef source) => _sockets.IsValueCreated && _sockets.Value.Equals(source);

    public IActorRef Named(string name) => name == TransportNames.Sockets ? Sockets : system.Tcp();

    /// <summary>Checks that a source can listen at an address.</summary>
    /// <exception cref="ConfigurationException">It cannot; the sentence names the transport that can.</exception>
    public static void Require(string name, ListenAddress address, string asWritten)
    {
        if (name == TransportNames.AkkaIo && address.IsSecure)
        {
            throw new ConfigurationException(
                $"Cannot listen on {asWritten}: the akka-io transport has no TLS; set ws-actors.transport = sockets, which has, or listen "
                + "on ws:// behind a proxy that ends TLS, and list that in ws-actors.trusted-proxies.");
        }

        if (name == TransportNames.AkkaIo && address.IsUnix)
        {
            throw new ConfigurationException(
                $"Cannot listen on {asWritten}: the akka-io transport has no Unix sockets; set ws-actors.transport = sockets, which has.");
        }
    }
}
