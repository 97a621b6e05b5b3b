using System.Text;
using Akka.Actor;
using WsActors.Runtime;
using WsActors.Settings;

namespace WsActors.Topics;

/// <summary>The members of each topic on this node, and the topics of each member. Pure; owned by one actor.</summary>
internal sealed class TopicMembership(TopicSettings settings)
{
    /// <summary>The topics by name. A topic without members has no entry.</summary>
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>The windows by member. A connection without topics has no entry.</summary>
    private readonly Dictionary<IActorRef, DeliveryWindow> _windows = [];

    public IEnumerable<Topic> Topics => _topics.Values;

    /// <summary>The topics for another thread, which may read their names and counts.</summary>
    public Snapshot<Topic> ToSnapshot() => new(_topics.Values);

    /// <summary>The topics with waiting publishes and no full window. Each delivers one message, then moves to the end.</summary>
    public Queue<Topic> Ready { get; } = [];

    /// <summary>The topic of a name; null when it has no member on this node.</summary>
    public Topic? Find(string topic) => _topics.GetValueOrDefault(topic);

    /// <summary>The window of a member; null for an actor that is in no topic.</summary>
    public DeliveryWindow? WindowOf(IActorRef connection) => _windows.GetValueOrDefault(connection);

    /// <summary>Checks a join by its contents.</summary>
    /// <returns>The reason to refuse it, as a sentence; null when it is valid.</returns>
    public static string? CheckJoin(Ws.Join join, TopicSettings settings)
    {
        if (!IsName(join.Topic, settings.MaxNameBytes))
        {
            return $"A topic's name must be valid text of 1 to {settings.MaxNameBytes} bytes in UTF-8 (ws-actors.topics.max-name-size).";
        }

        if (join.PresenceData is { } presence && SizeOf(presence) > settings.MaxPresenceBytes)
        {
            return $"Presence data must have at most {settings.MaxPresenceBytes} bytes in UTF-8 (ws-actors.topics.max-presence-size).";
        }

        return join.PresenceData?.Any(static pair => !IsText(pair.Key) || !IsText(pair.Value)) is true
            ? "Presence data must be valid text: it holds a surrogate without its other half."
            : null;
    }

    /// <summary>Checks a join of a connection.</summary>
    /// <returns>The reason to refuse it, as a sentence; null when it is valid.</returns>
    public string? CheckJoin(IActorRef connection, Ws.Join join)
    {
        if (CheckJoin(join, settings) is { } reason)
        {
            return reason;
        }

        var topics = WindowOf(connection)?.Topics;
        return topics?.Count >= settings.MaxPerConnection && !topics.Any(topic => topic.Name == join.Topic)
            ? $"A connection can be in at most {settings.MaxPerConnection} topics: leave one first (ws-actors.topics.max-per-connection)."
            : null;
    }

    /// <summary>Adds a member to a topic, or replaces its entry.</summary>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="window">The window of the joining member.</param>
    /// <param name="member">The member's new entry.</param>
    /// <param name="before">The member's previous entry; null when it was not in the topic.</param>
    /// <returns>Whether the topic had no member before.</returns>
    public bool Add(string topic, DeliveryWindow window, Member member, out Member? before)
    {
        var isFirst = !_topics.TryGetValue(topic, out var members);
        if (isFirst)
        {
            _topics.Add(topic, members = new Topic(topic));
        }

        before = members!.Find(window);
        var since = before?.Since ?? members.Since;
        members.Set(window, since == member.Since ? member : member with { Since = since });
        _windows.TryAdd(window.Connection, window);
        if (before is null)
        {
            window.Topics.Add(members);
            members.FullWindows += window.IsFull ? 1 : 0;
        }

        return isFirst;
    }

    /// <summary>Removes a member from a topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="window">The window of the leaving member.</param>
    /// <returns>The removed entry; null when the member was not in the topic.</returns>
    public Member? Remove(Topic topic, DeliveryWindow window)
    {
        var member = topic.Find(window);
        if (member is null)
        {
            return null;
        }

        topic.Remove(window);
        topic.FullWindows -= window.IsFull ? 1 : 0;
        window.Topics.Remove(topic);
        if (window.Topics.Count == 0)
        {
            _windows.Remove(window.Connection);
        }

        if (topic.Members.Count == 0)
        {
            _topics.Remove(topic.Name);
        }

        return member;
    }

    private static bool IsName(string topic, int maxBytes) =>
        topic.Length > 0 && topic.Length <= maxBytes && IsText(topic) && Encoding.UTF8.GetByteCount(topic) <= maxBytes;

    // A lone surrogate would arrive as another text on the next node: UTF-8 cannot encode it.
    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i += char.IsSurrogate(text[i]) ? 2 : 1)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])))
            {
                return false;
            }
        }

        return true;
    }

    private static long SizeOf(IReadOnlyDictionary<string, string> presence) =>
        presence.Sum(static pair => (long)Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));

    /// <summary>The entry of one member in one topic.</summary>
    /// <param name="User">The user that the guard accepted; null without one.</param>
    /// <param name="PresenceData">The presence data; null for a member that presence does not show.</param>
    internal sealed record Member(string? User, IReadOnlyDictionary<string, string>? PresenceData)
    {
        /// <summary>The number of the last publish before the join. The member gets only later ones.</summary>
        public long Since { get; init; }

        /// <summary>The entry that all members without user, presence data and waiting publishes share.</summary>
        public static Member Anyone { get; } = new(null, null);
    }
}
