using System.Diagnostics.CodeAnalysis;
using System.Text;
using Akka.Actor;

namespace WsActors.Topics;

/// <summary>Who is a member of what on this node, both ways. Pure; owned by one actor.</summary>
internal sealed class Membership(TopicSettings settings)
{
    /// <summary>Members by topic, and what each shows of itself; null for one that shows nothing. No topic is empty.</summary>
    private readonly Dictionary<string, Dictionary<IActorRef, Member>> _topics = new(StringComparer.Ordinal);

    /// <summary>The same by connection. None is without a topic.</summary>
    private readonly Dictionary<IActorRef, HashSet<string>> _connections = [];

    public IReadOnlyDictionary<string, Dictionary<IActorRef, Member>> Topics => _topics;

    /// <summary>Whom a publish reaches here.</summary>
    public IReadOnlyCollection<IActorRef> Of(string topic) => _topics.TryGetValue(topic, out var members) ? members.Keys : [];

    public bool Has(IActorRef connection) => _connections.ContainsKey(connection);

    /// <summary>What is wrong with a join, or null.</summary>
    public string? WhyNot(IActorRef connection, Ws.Join join)
    {
        if (!IsName(join.Topic))
        {
            return $"A topic's name has 1 to {settings.MaxNameBytes} bytes of UTF-8 (ws-actors.topics.max-name-size).";
        }

        if (join.Presence is { } presence && SizeOf(presence) > settings.MaxPresenceBytes)
        {
            return $"A member shows at most {settings.MaxPresenceBytes} bytes of itself (ws-actors.topics.max-presence-size).";
        }

        if (join.Presence?.Any(static pair => !IsText(pair.Key) || !IsText(pair.Value)) is true)
        {
            return "What a member shows of itself is text: a surrogate without its other half is none.";
        }

        return _connections.TryGetValue(connection, out var topics) && topics.Count >= settings.MaxPerConnection && !topics.Contains(join.Topic)
            ? $"A connection is in at most {settings.MaxPerConnection} topics (ws-actors.topics.max-per-connection)."
            : null;
    }

    /// <returns>Whether the topic had no member before.</returns>
    public bool Add(string topic, IActorRef connection, Member member)
    {
        var isFirst = !_topics.TryGetValue(topic, out var members);
        if (isFirst)
        {
            _topics.Add(topic, members = []);
        }

        members![connection] = member;
        if (!_connections.TryGetValue(connection, out var topics))
        {
            _connections.Add(connection, topics = new HashSet<string>(StringComparer.Ordinal));
        }

        topics.Add(topic);
        return isFirst;
    }

    /// <param name="topic">The topic.</param>
    /// <param name="connection">Who leaves it.</param>
    /// <param name="member">What it was there.</param>
    /// <returns>False when it was no member.</returns>
    public bool Remove(string topic, IActorRef connection, [NotNullWhen(true)] out Member? member)
    {
        member = null;
        if (!_topics.TryGetValue(topic, out var members) || !members.Remove(connection, out member))
        {
            return false;
        }

        if (members.Count == 0)
        {
            _topics.Remove(topic);
        }

        var topics = _connections[connection];
        topics.Remove(topic);
        if (topics.Count == 0)
        {
            _connections.Remove(connection);
        }

        return true;
    }

    public IReadOnlyList<string> TopicsOf(IActorRef connection) => _connections.TryGetValue(connection, out var topics) ? [.. topics] : [];

    private bool IsName(string topic) => topic.Length > 0 && topic.Length <= settings.MaxNameBytes && IsText(topic) && Encoding.UTF8.GetByteCount(topic) <= settings.MaxNameBytes;

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
    /// <param name="Presence">What it shows of itself; null for one that presence does not show.</param>
    internal sealed record Member(string? User, IReadOnlyDictionary<string, string>? Presence)
    {
        /// <summary>The many that say nothing.</summary>
        public static Member Anyone { get; } = new(null, null);
    }
}
