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

    /// <summary>Most of them that are of nobody in particular.</summary>
    public required int MaxAnonymous { get; init; }

    /// <summary>Most of those that began from one client address.</summary>
    public required int MaxPerAddress { get; init; }

    /// <summary>Most bytes of a request that a session keeps: see <see cref="RetainedRequest"/>.</summary>
    public required int MaxRequestBytes { get; init; }

    /// <summary>Most sessions of one user.</summary>
    public required int MaxPerUser { get; init; }

    /// <summary>The time that a session waits for a client.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>From the upgrade to the client's hello, and from there to the session's answer.</summary>
    public required TimeSpan HelloTimeout { get; init; }

    /// <summary>The longest time without an ack of sent messages.</summary>
    public required TimeSpan AckTimeout { get; init; }

    /// <summary>Most bytes that are on their way to a client, not acknowledged.</summary>
    public required int WindowBytes { get; init; }

    /// <summary>Most publishers whose sequences a session remembers.</summary>
    public required int MaxPublishers { get; init; }

    /// <summary>The role of those nodes of a cluster that host sessions; null where sharding says.</summary>
    public string? Role { get; init; }

    /// <summary>A window has to fit the queue of every connection, or a client would be closed for reading at its own pace.</summary>
    /// <exception cref="ConfigurationException">It does not fit.</exception>
    public void CheckFits(EndpointOptions options)
    {
        if (WindowBytes >= options.MaxQueuedBytes)
        {
            throw new ConfigurationException(
                $"ws-actors.sessions.window = {WindowBytes} is not usable: it must be less than send-queue.max-size, which is {options.MaxQueuedBytes}.");
        }
    }
}
