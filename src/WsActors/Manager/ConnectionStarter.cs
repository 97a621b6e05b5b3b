using System.Net;
using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Metrics;
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

    /// <summary>Starts a connection for a request that another HTTP server has parsed. A refusal is a response of that server.</summary>
    public void Accept(RequestArrived arrived)
    {
        var limitedClient = PeerAddress.IsKnown(arrived.Client) && !arrived.Endpoint.Rules.IsProxy(arrived.Client) ? arrived.Client : null;
        var refusal = RefusalFor(arrived.Endpoint, arrived.Client, limitedClient);
        Start(new ConnectionStart.Hosted(arrived, refusal), refusal is null ? limitedClient : null);
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
        var refusal = RefusalFor(listener.Endpoint, client, limitedClient);
        if (refusal is null || (connections.HasRoomForRefusal && listener.Endpoint.Tls is null))
        {
            Start(new ConnectionStart.Accepted(listener.Endpoint, socket, remote, refusal), refusal is null ? limitedClient : null);
        }
        else
        {
            socket.Tell(Tcp.Abort.Instance);
        }
    }

    private void Start(ConnectionStart start, IPAddress? limitedClient)
    {
        var (wakeUpTime, connectionStats) = (new WakeUpTime(), new ConnectionStats(start.EndpointContext) { Users = connections.Users });
        var connection = manager.ActorOf(ConnectionProps.Create(start, wakeUpTime, connectionStats));
        connections.Add(connection, wakeUpTime, connectionStats, limitedClient);
    }

    /// <summary>The reason to refuse a new connection, which is then counted and logged; null when it is accepted.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="client">The other end of the socket.</param>
    /// <param name="limitedClient">The client whose address is limited; null where many clients may share one.</param>
    private string? RefusalFor(ServerEndpointContext endpoint, IPAddress client, IPAddress? limitedClient)
    {
        var refusal = AcceptRefusal(endpoint, limitedClient);
        if (refusal is null && !connections.HasRoomForSocket(endpoint.Reserved) && !TryEvictOldest())
        {
            refusal = (Rejection.TooManyFiles, TooManySockets);
        }

        if (refusal is var (rejection, reason))
        {
            Reject(endpoint, client, rejection, reason);
        }

        return refusal?.Reason;
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

        Reject(oldest.Stats.EndpointContext, oldest.From ?? IPAddress.Any, Rejection.TooManyFiles, TooManySockets);
        oldest.Connection.Tell(ConnectionActor.Abort.Instance);
        return true;
    }

    private void Reject(EndpointContext endpoint, IPAddress client, Rejection rejection, string reason)
    {
        endpoint.Metrics.Rejected(rejection);
        OnRefused(new HandshakeRefused(endpoint, client, 503, reason));
    }

    /// <param name="endpoint">The endpoint that accepted the socket.</param>
    /// <param name="limitedClient">The client whose address is limited; null where many clients may share one.</param>
    /// <returns>Null when it is accepted. A socket refused for its address does not count against the endpoint's rate of accepts.</returns>
    private (Rejection Rejection, string Reason)? AcceptRefusal(ServerEndpointContext endpoint, IPAddress? limitedClient) => endpoint switch
    {
        _ when !connections.HasRoomForHandshake(endpoint.Reserved) =>
            (Rejection.TooManyHandshakes, "The server has as many unfinished requests as it takes; come back later."),
        _ when !connections.HasRoomForHandshakeOf(limitedClient, endpoint.Reserved) =>
            (Rejection.TooManyHandshakesOfAddress, "Your address has as many unfinished requests as it may; finish or close one first."),
        _ when !endpoint.TryAccept() => (Rejection.AcceptRate, "The server takes no more connections this second; come back later."),
        _ => null,
    };
}
