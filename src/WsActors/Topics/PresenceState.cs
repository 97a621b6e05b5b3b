using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The members of each topic, and its watchers. Owned by the presence actor.</summary>
internal sealed class PresenceState(IActorRef self)
{
    /// <summary>The members by topic. A topic without members has no entry.</summary>
    private readonly Dictionary<string, TopicMembers> _topics = new(StringComparer.Ordinal);

    private readonly Dictionary<string, HashSet<IActorRef>> _watchers = new(StringComparer.Ordinal);

    /// <summary>
    /// The watched topics by watcher, so that the end of a watcher costs only its own topics. A watcher without topics has no entry.
    /// </summary>
    private readonly Dictionary<IActorRef, HashSet<string>> _watched = [];

    public Presence.MemberList ListMembers(string topic) =>
        new() { Topic = topic, Members = _topics.TryGetValue(topic, out var members) ? [.. members.Members] : [] };

    public void Add(string name, Presence.Member member)
    {
        if (!_topics.TryGetValue(name, out var topicMembers))
        {
            _topics.Add(name, topicMembers = new TopicMembers());
        }

        var isChange = topicMembers.Remove(member.Connection) is not null;
        var isFirst = topicMembers.Add(member);
        Tell(name, isChange
            ? new Presence.Changed { Topic = name, Member = member }
            : new Presence.Joined { Topic = name, Member = member, IsFirst = isFirst });
    }

    public void Remove(string name, IActorRef connection)
    {
        if (!_topics.TryGetValue(name, out var topicMembers) || topicMembers.Remove(connection) is not { } member)
        {
            return;
        }

        if (topicMembers.Members.Count == 0)
        {
            _topics.Remove(name);
        }

        Tell(name, new Presence.Left { Topic = name, Member = member, IsLast = !topicMembers.Has(member.User) });
    }

    /// <summary>Removes all members; watchers are told.</summary>
    public void Clear()
    {
        foreach (var (name, topicMembers) in _topics.ToList())
        {
            foreach (var member in topicMembers.Members.ToList())
            {
                Remove(name, member.Connection);
            }
        }
    }

    public void Watch(string topic, IActorRef watcher)
    {
        if (!_watchers.TryGetValue(topic, out var watchers))
        {
            _watchers.Add(topic, watchers = []);
        }

        watchers.Add(watcher);
        if (!_watched.TryGetValue(watcher, out var topics))
        {
            _watched.Add(watcher, topics = new HashSet<string>(StringComparer.Ordinal));
        }

        topics.Add(topic);
    }

    public bool IsWatching(IActorRef watcher) => _watched.ContainsKey(watcher);

    public void Unwatch(string topic, IActorRef watcher)
    {
        if (_watched.TryGetValue(watcher, out var topics) && topics.Remove(topic))
        {
            RemoveWatcher(topic, watcher);
            if (topics.Count == 0)
            {
                _watched.Remove(watcher);
            }
        }
    }

    public void RemoveWatcherEverywhere(IActorRef watcher)
    {
        if (_watched.Remove(watcher, out var topics))
        {
            foreach (var topic in topics)
            {
                RemoveWatcher(topic, watcher);
            }
        }
    }

    private void RemoveWatcher(string topic, IActorRef watcher)
    {
        var watchers = _watchers[topic];
        watchers.Remove(watcher);
        if (watchers.Count == 0)
        {
            _watchers.Remove(topic);
        }
    }

    private void Tell(string topic, Presence.IMessage change)
    {
        if (_watchers.TryGetValue(topic, out var watchers))
        {
            foreach (var watcher in watchers)
            {
                watcher.Tell(change, self);
            }
        }
    }

    private sealed class TopicMembers
    {
        private readonly Dictionary<IActorRef, Presence.Member> _members = [];

        /// <summary>The number of connections of each user.</summary>
        private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);

        public Dictionary<IActorRef, Presence.Member>.ValueCollection Members => _members.Values;

        public bool Has(string? user) => user is not null && _users.ContainsKey(user);

        /// <returns>Whether the connection is the only one of its user.</returns>
        public bool Add(Presence.Member member)
        {
            _members.Add(member.Connection, member);
            return member.User is null || (_users[member.User] = _users.GetValueOrDefault(member.User) + 1) == 1;
        }

        public Presence.Member? Remove(IActorRef connection)
        {
            if (_members.Remove(connection, out var member) && member.User is not null && --_users[member.User] == 0)
            {
                _users.Remove(member.User);
            }

            return member;
        }
    }
}
