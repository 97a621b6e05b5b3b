using Akka.Configuration;

namespace WsActors.Settings;

/// <summary>The limits of sessions: <c>ws-actors.sessions</c>.</summary>
internal sealed record SessionSettings
{
    public static SettingTable<SessionSettings> Table { get; } = new()
    {
        {
            "sessions.log.max-size", new SizeKind(1), static s => s.MaxLogBytes, static (s, v) => s with { MaxLogBytes = v },
            "Most bytes of a session's log; past it the oldest message goes: 1013, or a new session."
        },
        {
            "sessions.log.max-messages", new CountKind(1), static s => s.MaxLogMessages, static (s, v) => s with { MaxLogMessages = v },
            "Most messages of a session's log; past it the same."
        },
        {
            "sessions.log.max-age", DurationKind.Any, static s => s.MaxLogAge, static (s, v) => s with { MaxLogAge = v },
            "Longest time of a message in a session's log; past it the same."
        },
        {
            "sessions.max-user-log-size", new SizeKind(1), static s => s.MaxUserLogBytes, static (s, v) => s with { MaxUserLogBytes = v },
            "Most bytes of the logs of one user's sessions together; past it the same."
        },
        {
            "sessions.max-total-log-size", new SizeKind(1),
            static s => s.MaxTotalLogBytes, static (s, v) => s with { MaxTotalLogBytes = v },
            "Most bytes of all logs of a node, half of it anonymous; past it whole logs go, anonymous ones without a client first."
        },
        {
            "sessions.max", new CountKind(1), static s => s.Max, static (s, v) => s with { Max = v },
            "Most sessions of a node; past it 503 or 1013."
        },
        {
            "sessions.max-anonymous", new CountKind(1), static s => s.MaxAnonymous, static (s, v) => s with { MaxAnonymous = v },
            "Most of them without a user; past it the same."
        },
        {
            "sessions.max-per-address", new OffKind<int>(new CountKind(1)),
            static s => s.MaxPerAddress == int.MaxValue ? null : s.MaxPerAddress,
            static (s, v) => s with { MaxPerAddress = v ?? int.MaxValue },
            "Most anonymous sessions that began from one address, or IPv6 /64; past it the same."
        },
        {
            "sessions.max-request-size", new SizeKind(256),
            static s => s.MaxRequestBytes, static (s, v) => s with { MaxRequestBytes = v },
            "Most bytes of the request that a session keeps; past it headers are left out, and 414 if the path is too long."
        },
        {
            "sessions.max-per-user", new CountKind(1), static s => s.MaxPerUser, static (s, v) => s with { MaxPerUser = v },
            "Most sessions of one user; past it the one without a client for longest ends, or 1013."
        },
        {
            "sessions.retention", DurationKind.Any, static s => s.Retention, static (s, v) => s with { Retention = v },
            "The time that a session waits for its client; past it the session ends."
        },
        {
            "sessions.hello-timeout", DurationKind.Any, static s => s.HelloTimeout, static (s, v) => s with { HelloTimeout = v },
            "From the upgrade to the client's hello; past it 4408. The session's answer has as long; past it 1013."
        },
        {
            "sessions.ack-timeout", DurationKind.Any, static s => s.AckTimeout, static (s, v) => s with { AckTimeout = v },
            "Longest time without an acknowledgment of what was sent; past it 1012."
        },
        {
            "sessions.window", new SizeKind(1), static s => s.WindowBytes, static (s, v) => s with { WindowBytes = v },
            "Most bytes that the client has not acknowledged; past it the session waits. Less than `send-queue.max-size`."
        },
        {
            "sessions.max-publishers", new CountKind(1), static s => s.MaxPublishers, static (s, v) => s with { MaxPublishers = v },
            "Most publishers whose `Ws.Deliver` a session tells from repeats; past it `Ws.DeliverFailed`."
        },
        {
            "sessions.role", new TextKind("word", isWord: true), static s => s.Role, static (s, v) => s with { Role = v },
            "The role of the nodes that sessions live on; empty is `akka.cluster.sharding.role`, by default every node."
        },
    };

    /// <summary>Most bytes of one log; one message alone may be longer.</summary>
    public int MaxLogBytes { get; init; }

    /// <summary>Most messages of one log.</summary>
    public int MaxLogMessages { get; init; }

    /// <summary>The maximum age of a message in a log.</summary>
    public TimeSpan MaxLogAge { get; init; }

    /// <summary>Most bytes of the logs of one user's sessions together.</summary>
    public int MaxUserLogBytes { get; init; }

    /// <summary>Most bytes of all logs of a node together.</summary>
    public int MaxTotalLogBytes { get; init; }

    /// <summary>Most sessions of a node.</summary>
    public int Max { get; init; }

    /// <summary>Most anonymous sessions of a node.</summary>
    public int MaxAnonymous { get; init; }

    /// <summary>Most anonymous sessions that clients of one address have started.</summary>
    public int MaxPerAddress { get; init; }

    /// <summary>Most bytes of a request that a session keeps: see <c>RetainedRequest</c>.</summary>
    public int MaxRequestBytes { get; init; }

    /// <summary>Most sessions of one user.</summary>
    public int MaxPerUser { get; init; }

    /// <summary>The time that a session waits for a client.</summary>
    public TimeSpan Retention { get; init; }

    /// <summary>The time from the upgrade to the client's hello, and from there to the session's answer.</summary>
    public TimeSpan HelloTimeout { get; init; }

    /// <summary>The longest time without an ack of sent messages.</summary>
    public TimeSpan AckTimeout { get; init; }

    /// <summary>Most bytes that are sent to a client and not acknowledged.</summary>
    public int WindowBytes { get; init; }

    /// <summary>Most publishers whose sequences a session remembers.</summary>
    public int MaxPublishers { get; init; }

    /// <summary>The role of the cluster's nodes that host sessions; null for the setting of sharding.</summary>
    public string? Role { get; init; }

    /// <summary>
    /// Checks that a window fits into the send queue of a connection. Otherwise a client that reads slowly would be closed.
    /// </summary>
    /// <exception cref="ConfigurationException">The window does not fit.</exception>
    public void CheckFits(ConnectionOptions options)
    {
        if (WindowBytes >= options.SendQueue.MaxBytes)
        {
            throw new ConfigurationException(
                $"ws-actors.sessions.window = {WindowBytes} is not usable: it must be less than "
                + $"send-queue.max-size, which is {options.SendQueue.MaxBytes}.");
        }
    }
}
