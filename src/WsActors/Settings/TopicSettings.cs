namespace WsActors.Settings;

/// <summary>The limits of the topics that clients may cause: <c>ws-actors.topics</c>.</summary>
internal sealed record TopicSettings
{
    public static SettingTable<TopicSettings> Table { get; } = new()
    {
        {
            "topics.max-name-size", new SizeKind(1), static s => s.MaxNameBytes, static (s, v) => s with { MaxNameBytes = v },
            "Longest name of a topic, in UTF-8; past it `Ws.JoinFailed`."
        },
        {
            "topics.max-per-connection", new CountKind(1), static s => s.MaxPerConnection, static (s, v) => s with { MaxPerConnection = v },
            "Most topics of one connection; past it `Ws.JoinFailed`."
        },
        {
            "topics.max-presence-size", new SizeKind(0), static s => s.MaxPresenceBytes, static (s, v) => s with { MaxPresenceBytes = v },
            "Most presence data of a member in one topic, in UTF-8; past it `Ws.JoinFailed`."
        },
        {
            "topics.max-queued-size", new SizeKind(1), static s => s.MaxQueuedBytes, static (s, v) => s with { MaxQueuedBytes = v },
            "Most bytes of publications that members have not taken; past it connections and sessions wait, other publishers are refused."
        },
    };

    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public int MaxNameBytes { get; init; }

    /// <summary>The largest number of topics of one connection.</summary>
    public int MaxPerConnection { get; init; }

    /// <summary>The largest presence data of one member, in bytes of UTF-8.</summary>
    public int MaxPresenceBytes { get; init; }

    /// <summary>
    /// The largest publish backlog in bytes, of one handler and of all actors without a connection of their own together. Beyond it their
    /// publishes are refused.
    /// </summary>
    public int MaxQueuedBytes { get; init; }
}
