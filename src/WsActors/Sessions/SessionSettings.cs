using Akka.Configuration;

namespace WsActors.Sessions;

/// <summary>The limits of sessions: <c>ws-actors.sessions</c>.</summary>
internal sealed record SessionSettings
{
    /// <summary>Most bytes of one log; one message alone may be longer.</summary>
    public required int MaxLogBytes { get; init; }

    /// <summary>Most messages of one log.</summary>
    public required int MaxLogMessages { get; init; }

    /// <summary>The maximum age of a message in a log.</summary>
    public required TimeSpan MaxLogAge { get; init; }

    /// <summary>Most bytes of the logs of one user's sessions together.</summary>
    public required int MaxUserLogBytes { get; init; }

    /// <summary>Most bytes of all logs of a node together.</summary>
    public required int MaxTotalLogBytes { get; init; }

    /// <summary>Most sessions of a node.</summary>
    public required int Max { get; init; }

    /// <summary>Most anonymous sessions of a node.</summary>
    public required int MaxAnonymous { get; init; }

    /// <summary>Most anonymous sessions that clients of one address have started.</summary>
    public required int MaxPerAddress { get; init; }

    /// <summary>Most bytes of a request that a session keeps: see <see cref="RetainedRequest"/>.</summary>
    public required int MaxRequestBytes { get; init; }

    /// <summary>Most sessions of one user.</summary>
    public required int MaxPerUser { get; init; }

    /// <summary>The time that a session waits for a client.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>The time from the upgrade to the client's hello, and from there to the session's answer.</summary>
    public required TimeSpan HelloTimeout { get; init; }

    /// <summary>The longest time without an ack of sent messages.</summary>
    public required TimeSpan AckTimeout { get; init; }

    /// <summary>Most bytes that are sent to a client and not acknowledged.</summary>
    public required int WindowBytes { get; init; }

    /// <summary>Most publishers whose sequences a session remembers.</summary>
    public required int MaxPublishers { get; init; }

    /// <summary>The role of the cluster's nodes that host sessions; null for the setting of sharding.</summary>
    public string? Role { get; init; }

    /// <summary>
    /// Checks that a window fits into the send queue of a connection. Otherwise a client that reads slowly would be closed.
    /// </summary>
    /// <exception cref="ConfigurationException">The window does not fit.</exception>
    public void CheckFits(EndpointOptions options)
    {
        if (WindowBytes >= options.MaxQueuedBytes)
        {
            throw new ConfigurationException(
                $"ws-actors.sessions.window = {WindowBytes} is not usable: it must be less than send-queue.max-size, "
                + $"which is {options.MaxQueuedBytes}.");
        }
    }
}
