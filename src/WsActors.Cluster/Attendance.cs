using Akka.Actor;

namespace WsActors.Cluster;

/// <summary>Who is in which topic, and who watches. Owned by the presence actor.</summary>
internal sealed class Attendance(IActorRef self)
{
    /// <summary>None is empty.</summary>
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    private readonly Dictionary<string, HashSet<IActorRef>> _watchers = new(StringComparer.Ordinal);

    public Presence.Here Here(string topic) => new(topic, _topics.TryGetValue(topic, out var members) ? [.. members.Members] : []);

    public void Add(PresenceEntry entry, IActorRef connection)
    {
        if (!_topics.TryGetValue(entry.Topic, out var topic))
        {
            _topics.Add(entry.Topic, topic = new Topic());
        }

        var member = new Presence.Member(connection, entry.User, entry.Shows);
        var isChange = topic.Remove(entry.Key) is not null;
        var isFirst = topic.Add(entry.Key, member);
        Tell(entry.Topic, isChange ? new Presence.Changed(entry.Topic, member) : new Presence.Joined(entry.Topic, member, isFirst));
    }

    public void Remove(PresenceEntry entry)
    {
        if (!_topics.TryGetValue(entry.Topic, out var topic) || topic.Remove(entry.Key) is not { } member)
        {
            return;
        }

        if (topic.Members.Count == 0)
        {
            _topics.Remove(entry.Topic);
        }

        Tell(entry.Topic, new Presence.Left(entry.Topic, member, IsLast: !topic.Has(member.User)));
    }

    public void Watch(string topic, IActorRef watcher)
    {
        if (!_watchers.TryGetValue(topic, out var watchers))
        {
            _watchers.Add(topic, watchers = []);
        }

        watchers.Add(watcher);
    }

    public void Unwatch(string topic, IActorRef watcher)
    {
        if (_watchers.TryGetValue(topic, out var watchers) && watchers.Remove(watcher) && watchers.Count == 0)
        {
            _watchers.Remove(topic);
        }
    }

    public void Forget(IActorRef watcher)
    {
        foreach (var topic in _watchers.Keys.ToList())
        {
            Unwatch(topic, watcher);
        }
    }

    private void Tell(string topic, Presence.IMessage news)
    {
        if (_watchers.TryGetValue(topic, out var watchers))
        {
            foreach (var watcher in watchers)
            {
                watcher.Tell(news, self);
            }
        }
    }

    private sealed class Topic
    {
        private readonly Dictionary<string, Presence.Member> _members = [];

        /// <summary>How many connections each user has.</summary>
        private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);

        public Dictionary<string, Presence.Member>.ValueCollection Members => _members.Values;

        public bool Has(string? user) => user is not null && _users.ContainsKey(user);

        /// <returns>Whether it is the only one of its user.</returns>
        public bool Add(string key, Presence.Member member)
        {
            _members.Add(key, member);
            return member.User is null || (_users[member.User] = _users.GetValueOrDefault(member.User) + 1) == 1;
        }

        public Presence.Member? Remove(string key)
        {
            if (_members.Remove(key, out var member) && member.User is not null && --_users[member.User] == 0)
            {
                _users.Remove(member.User);
            }

            return member;
        }
    }
}
