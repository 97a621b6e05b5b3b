using System.Net;
using Akka.Actor;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// What can be told about an open connection. The connection writes it, anyone reads it without asking: so the manager lists ten thousand
/// connections without one message to them. Each number is right, though two may be of different moments.
/// </summary>
internal sealed class ConnectionStats(EndpointContext endpointContext)
{
    private volatile ConnectionIdentity? _identity;

    private long _messagesReceived;

    private long _messagesSent;

    private long _bytesReceived;

    private long _bytesSent;

    private long _queuedBytes;

    private long _unhandledBytes;

    /// <summary>In ticks; negative before the first.</summary>
    private long _lastRoundTrip = -1;

    /// <summary>The endpoint that accepted it.</summary>
    public EndpointContext EndpointContext => endpointContext;

    /// <summary>The identity from the upgrade to the end; null before and after.</summary>
    public ConnectionIdentity? Identity => _identity;

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    // What the connection notes.

    public void OnOpened(Ws.Opened opened, bool isCompressed)
    {
        endpointContext.Handshakes.Opened();
        endpointContext.Failures.Faults.Opened();
        _identity = new ConnectionIdentity(
            opened.Request.Route,
            opened.Request.ClientAddress,
            opened.User,
            opened.Subprotocol,
            isCompressed,
            endpointContext.Clock.Elapsed,
            endpointContext.Clock.Date);
    }

    public void OnReceived(int bytes, bool isLast)
    {
        Add(ref _messagesReceived, isLast ? 1 : 0);
        Add(ref _bytesReceived, bytes);
    }

    public void OnSent(int bytes)
    {
        Add(ref _messagesSent, 1);
        OnPartSent(bytes);
    }

    /// <summary>A part of a message that was counted as it began.</summary>
    public void OnPartSent(int bytes) => Add(ref _bytesSent, bytes);

    /// <param name="queuedBytes">To be sent.</param>
    /// <param name="unhandledBytes">Held for the handler, or told to it and not known to be dealt with.</param>
    public void SetBacklog(long queuedBytes, long unhandledBytes)
    {
        Volatile.Write(ref _queuedBytes, queuedBytes);
        Volatile.Write(ref _unhandledBytes, unhandledBytes);
    }

    public void SetRoundTrip(TimeSpan time) => Volatile.Write(ref _lastRoundTrip, time.Ticks);

    public void OnClosed() => _identity = null;

    /// <summary>The statistics as a message; null for a connection that is not open.</summary>
    public Ws.Stats? ToStats(IActorRef connection) => _identity is not { } who ? null : new Ws.Stats
    {
        Connection = connection,
        Endpoint = endpointContext.Name,
        Route = who.Route,
        Address = PeerAddress.NameOf(who.Client),
        User = who.User,
        Subprotocol = who.Subprotocol,
        IsCompressed = who.IsCompressed,
        OpenedAt = who.OpenedAt,
        Duration = endpointContext.Clock.Elapsed - who.Opened,
        MessagesReceived = Volatile.Read(ref _messagesReceived),
        MessagesSent = Volatile.Read(ref _messagesSent),
        BytesReceived = BytesReceived,
        BytesSent = BytesSent,
        QueuedBytes = QueuedBytes,
        UnhandledBytes = Volatile.Read(ref _unhandledBytes),
        LastRoundTrip = Volatile.Read(ref _lastRoundTrip) is var ticks and >= 0 ? TimeSpan.FromTicks(ticks) : null,
    };

    // One thread at a time writes: that of the connection.
    private static void Add(ref long total, long more) => Volatile.Write(ref total, total + more);

    /// <summary>The values that do not change while it is open.</summary>
    /// <param name="Route">The route's template.</param>
    /// <param name="Client">The client's address, behind a trusted proxy that which the proxy named.</param>
    /// <param name="User">As <see cref="Ws.Opened.User"/> says.</param>
    /// <param name="Subprotocol">The one agreed on, or null.</param>
    /// <param name="IsCompressed">Whether compression was agreed on.</param>
    /// <param name="Opened">When, by the clock that never goes back.</param>
    /// <param name="OpenedAt">When, as a date.</param>
    internal sealed record ConnectionIdentity(
        string Route,
        IPAddress Client,
        string? User,
        string? Subprotocol,
        bool IsCompressed,
        TimeSpan Opened,
        DateTimeOffset OpenedAt);
}
