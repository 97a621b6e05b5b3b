using System.Net;
using Akka.Actor;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The counters of an open connection. The connection writes them, and any thread reads them without a message: the manager lists ten
/// thousand connections without asking one. Each number is right, though two may be of different moments.
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

    /// <summary>The last round trip in ticks; negative before the first.</summary>
    private long _lastRoundTrip = -1;

    /// <summary>The endpoint of the connection.</summary>
    public EndpointContext EndpointContext => endpointContext;

    /// <summary>Where it adds itself when it opens; null for a client's.</summary>
    public UserConnections? Users { get; init; }

    /// <summary>The user under whom it has added itself to <see cref="Users"/>; null without one.</summary>
    public string? IndexedUser { get; private set; }

    /// <summary>The identity from the upgrade to the end; null before and after.</summary>
    public ConnectionIdentity? Identity => _identity;

    public long MessagesReceived => Volatile.Read(ref _messagesReceived);

    public long MessagesSent => Volatile.Read(ref _messagesSent);

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    public long UnhandledBytes => Volatile.Read(ref _unhandledBytes);

    /// <summary>The last round trip; null before the first.</summary>
    public TimeSpan? LastRoundTrip => Volatile.Read(ref _lastRoundTrip) is var ticks and >= 0 ? TimeSpan.FromTicks(ticks) : null;

    // Called by the connection.

    public void OnOpened(Ws.Opened opened, bool isCompressed, bool isSession)
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
            endpointContext.Clock.Date,
            isSession);
        if (opened.User is { } user && Users is not null)
        {
            IndexedUser = user;
            Users.Add(user, opened.Connection);
        }
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

    /// <summary>Counts a part of a message that was counted when it started.</summary>
    public void OnPartSent(int bytes) => Add(ref _bytesSent, bytes);

    /// <param name="queuedBytes">Bytes that wait to be sent.</param>
    /// <param name="unhandledBytes">Bytes held for the handler, or delivered to it and not known to be handled.</param>
    public void SetBacklog(long queuedBytes, long unhandledBytes)
    {
        Volatile.Write(ref _queuedBytes, queuedBytes);
        Volatile.Write(ref _unhandledBytes, unhandledBytes);
    }

    public void SetRoundTrip(TimeSpan time) => Volatile.Write(ref _lastRoundTrip, time.Ticks);

    public void OnClosed() => _identity = null;

    /// <summary>Adds its messages and bytes to a sum.</summary>
    public void AddTo(TrafficCounters sum) => sum.Add(MessagesReceived, MessagesSent, BytesReceived, BytesSent);

    /// <summary>The statistics as a message; null for a connection that is not open.</summary>
    public Ws.Stats? ToStats(IActorRef connection) => _identity is not { } identity ? null : new Ws.Stats
    {
        Connection = connection,
        Endpoint = endpointContext.Name,
        Route = identity.Route,
        Address = PeerAddress.NameOf(identity.Client),
        User = identity.User,
        Subprotocol = identity.Subprotocol,
        IsCompressed = identity.IsCompressed,
        OpenedAt = identity.OpenedAt,
        Duration = endpointContext.Clock.Elapsed - identity.Opened,
        MessagesReceived = MessagesReceived,
        MessagesSent = MessagesSent,
        BytesReceived = BytesReceived,
        BytesSent = BytesSent,
        QueuedBytes = QueuedBytes,
        UnhandledBytes = UnhandledBytes,
        LastRoundTrip = LastRoundTrip,
    };

    // Only the connection's thread writes.
    private static void Add(ref long total, long more) => Volatile.Write(ref total, total + more);

    /// <summary>The values that do not change while it is open.</summary>
    /// <param name="Route">The route's template.</param>
    /// <param name="Client">The client's address, as a trusted proxy names it.</param>
    /// <param name="User">See <see cref="Ws.Opened.User"/>.</param>
    /// <param name="Subprotocol">The negotiated subprotocol, or null.</param>
    /// <param name="IsCompressed">Whether compression was negotiated.</param>
    /// <param name="Opened">The time of the upgrade by the monotonic clock.</param>
    /// <param name="OpenedAt">The date of the upgrade.</param>
    /// <param name="IsSession">Whether it is a session's: only the session sends messages over it.</param>
    internal sealed record ConnectionIdentity(
        string Route,
        IPAddress Client,
        string? User,
        string? Subprotocol,
        bool IsCompressed,
        TimeSpan Opened,
        DateTimeOffset OpenedAt,
        bool IsSession);
}
