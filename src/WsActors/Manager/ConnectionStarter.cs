using System.Net;
using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>
/// Starts a connection for each accepted socket, or refuses the socket; counts and logs what is refused. Part of the manager, whose
/// children the connections are.
/// </summary>
internal sealed class ConnectionStarter(
    IActorContext manager,
    ConnectionRegistry connections,
    ListenerRegistry listeners,
    EndpointContext.SystemContext systemContext,
    RefusalLog refusals)
{
    private const string TooManySockets = "The process has as many files open as it may; raise the limit (ulimit -n, LimitNOFILE).";

    /// <param name="connected">The addresses of the accepted socket.</param>
    /// <param name="socket">The byte source of the socket.</param>
    public void Accept(Tcp.Connected connected, IActorRef socket)
    {
        if (connected is not { LocalAddress: { } local, RemoteAddress: { } remote })
        {
            socket.Tell(Tcp.Abort.Instance);
            return;
        }

        var listener = listeners.Find(local);
        if (listener is null && listeners.IsBinding)
        {
            // The socket was accepted before the answer to the bind.
            listeners.Defer(connected, socket);
        }
        else if (listener is null)
        {
            socket.Tell(Tcp.Abort.Instance);
        }
        else
        {
            Start(listener, remote, socket);
        }
    }

    /// <summary>
    /// The rest of the process has more files open than were reserved for it: the listener cannot accept, although the limits allow more
    /// sockets. An eighth of the handshakes is evicted at once, since the listener tries again only after a pause.
    /// </summary>
    public void EvictForDescriptors()
    {
        systemContext.Failures.Faults.NotAccepted();
        for (var evictions = 1 + (connections.Handshakes / 8); evictions > 0 && TryEvictOldest(); evictions--)
        {
        }
    }

    public void OnRefused(HandshakeRefused refused)
    {
        refused.Endpoint.Handshakes.Refused();
        systemContext.Metrics.Refused(refused.Endpoint.Name, refused.Status);
        if (!refused.IsSilent)
        {
            refusals.Write(refused, systemContext.Clock.Now);
        }
    }

    /// <summary>
    /// Starts a connection for an accepted socket, or refuses it. The refusal has a response only while that takes no place of others and
    /// no TLS handshake.
    /// </summary>
    private void Start(Listener listener, EndPoint remote, IActorRef socket)
    {
        var client = PeerAddress.FromEndPoint(remote);
        var limitedClient = remote is not IPEndPoint || listener.Endpoint.Rules.IsProxy(client) ? null : client;
        var refusal = AcceptRefusal(listener, limitedClient);
        if (refusal is null && !connections.HasRoomForSocket && !TryEvictOldest())
        {
            refusal = TooManySockets;
        }

        if (refusal is not null)
        {
            OnRefused(new HandshakeRefused(listener.Endpoint, client, 503, refusal));
        }

        if (refusal is null || (connections.HasRoomForRefusal && listener.Endpoint.Tls is null))
        {
            var (wakeUpTime, connectionStats) = (new WakeUpTime(), new ConnectionStats(listener.Endpoint));
            var start = new ConnectionStart.Accepted(listener.Endpoint, socket, remote, refusal);
            var connection = manager.ActorOf(ConnectionProps.Create(start, wakeUpTime, connectionStats));
            connections.Add(connection, wakeUpTime, connectionStats, refusal is null ? limitedClient : null);
        }
        else
        {
            socket.Tell(Tcp.Abort.Instance);
        }
    }

    /// <summary>
    /// Resets the oldest handshake while descriptors are short: that makes room for a new socket, such as a health probe.
    /// </summary>
    private bool TryEvictOldest()
    {
        if (connections.EvictOldest() is not { } oldest)
        {
            return false;
        }

        OnRefused(new HandshakeRefused(oldest.Stats.EndpointContext, oldest.From ?? IPAddress.Any, 503, TooManySockets));
        oldest.Connection.Tell(ConnectionActor.Abort.Instance);
        return true;
    }

    /// <param name="listener">The listener that accepted the socket.</param>
    /// <param name="limitedClient">The client whose address is limited; null where many clients may share one.</param>
    /// <returns>Null when it is accepted. A socket refused for its address does not count against the endpoint's rate of accepts.</returns>
    private string? AcceptRefusal(Listener listener, IPAddress? limitedClient) => listener switch
    {
        _ when !connections.HasRoomForHandshake => "The server has as many unfinished requests as it takes; come back later.",
        _ when !connections.HasRoomForHandshakeOf(limitedClient) =>
            "Your address has as many unfinished requests as it may; finish or close one first.",
        _ when !listener.Endpoint.TryAccept() => "The server takes no more connections this second; come back later.",
        _ => null,
    };
}
