using System.Text;
using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The members of each topic on this node, and the topics of each member. Pure; owned by one actor.</summary>
internal sealed class TopicMembership(TopicSettings settings)
{
    /// <summary>None is empty.</summary>
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>Of each member. None is without a topic.</summary>
    private readonly Dictionary<IActorRef, DeliveryWindow> _windows = [];

    public IEnumerable<Topic> Topics => _topics.Values;

    /// <summary>Topics in which something waits, and no member is behind any more: each delivers one message in turn.</summary>
    public Queue<Topic> Ready { get; } = [];

    /// <summary>Null when it has no member here.</summary>
    public Topic? Find(string topic) => _topics.GetValueOrDefault(topic);

    /// <summary>Null for an actor that is a member of no topic.</summary>
    public DeliveryWindow? WindowOf(IActorRef connection) => _windows.GetValueOrDefault(connection);

    /// <summary>The error of a join, whichever actor asks for it; null for none.</summary>
    public static string? RefusalOf(Ws.Join join, TopicSettings settings)
    {
        if (!IsName(join.Topic, settings.MaxNameBytes))
        {
            return $"A topic's name has 1 to {settings.MaxNameBytes} bytes of UTF-8 (ws-actors.topics.max-name-size).";
        }

        if (join.PresenceData is { } presence && SizeOf(presence) > settings.MaxPresenceBytes)
        {
            return $"A member shows at most {settings.MaxPresenceBytes} bytes of itself (ws-actors.topics.max-presence-size).";
        }

        return join.PresenceData?.Any(static pair => !IsText(pair.Key) || !IsText(pair.Value)) is true
            ? "What a member shows of itself is text: a surrogate without its other half is none."
            : null;
    }

    /// <summary>The error of a join; null for none.</summary>
    public string? RefusalOf(IActorRef connection, Ws.Join join)
    {
        if (RefusalOf(join, settings) is { } reason)
        {
            return reason;
        }

        var topics = WindowOf(connection)?.Topics;
        return topics?.Count >= settings.MaxPerConnection && !topics.Any(topic => topic.Name == join.Topic)
            ? $"A connection is in at most {settings.MaxPerConnection} topics (ws-actors.topics.max-per-connection)."
            : null;
    }

    /// <param name="topic">The topic.</param>
    /// <param name="window">The window of the joining member.</param>
    /// <param name="member">What it is there from now on.</param>
    /// <param name="before">What it was there; null when it was no member.</param>
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

    /// <param name="topic">The topic.</param>
    /// <param name="window">The window of the leaving member.</param>
    /// <returns>What it was there; null when it was no member.</returns>
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

    // A lone surrogate would be another text on the next node.
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

    /// <param name="User">Who it is, as the guard said; null for nobody in particular.</param>
    /// <param name="PresenceData">What it shows of itself; null for one that presence does not show.</param>
    internal sealed record Member(string? User, IReadOnlyDictionary<string, string>? PresenceData)
    {
        /// <summary>The number of the last publish before the join: the member is told later ones only.</summary>
        public long Since { get; init; }

        /// <summary>The many that say nothing.</summary>
        public static Member Anyone { get; } = new(null, null);
    }
}
