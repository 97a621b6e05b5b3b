using Akka.Actor;

namespace WsActors.Sessions;

/// <summary>
/// The sessions of a node and what their logs hold, by user and in all. One a system; any thread. A message costs two additions, and no lock.
/// </summary>
internal sealed class SessionBudget(SessionSettings settings)
{
    private readonly Lock _lock = new();

    /// <summary>Guarded by the lock. None is without a session.</summary>
    private readonly Dictionary<string, User> _users = [];

    private long _bytes;

    /// <summary>What all logs hold.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public int Sessions
    {
        get
        {
            lock (_lock)
            {
                return _users.Values.Sum(static user => user.Sessions.Count);
            }
        }
    }

    /// <summary>Takes a session that is there already: it moved here.</summary>
    public Share Enter(string id, IActorRef session)
    {
        lock (_lock)
        {
            return Add(id, session);
        }
    }

    /// <summary>Takes a new session, if its user may have one more.</summary>
    /// <param name="id">The session's.</param>
    /// <param name="session">The session.</param>
    /// <param name="evicted">Who has to go for it: of the user's sessions, the one that has been without a client for longest. Null for nobody.</param>
    /// <returns>Null when the user has as many as may be, and each of them has a client.</returns>
    public Share? TryEnter(string id, IActorRef session, out IActorRef? evicted)
    {
        lock (_lock)
        {
            evicted = null;
            if (_users.TryGetValue(SessionToken.UserPartOf(id), out var user) && user.Sessions.Count >= settings.MaxPerUser)
            {
                var longest = user.Sessions.Where(static one => one.DetachedSince is not null).MinBy(static one => one.DetachedSince);
                if (longest is null)
                {
                    return null;
                }

                // It is not counted any more, and cannot be chosen twice.
                user.Sessions.Remove(longest);
                evicted = longest.Session;
            }

            return Add(id, session);
        }
    }

    private Share Add(string id, IActorRef session)
    {
        var name = SessionToken.UserPartOf(id);
        if (!_users.TryGetValue(name, out var user))
        {
            _users.Add(name, user = new User(name));
        }

        var share = new Share(this, user, session);
        user.Sessions.Add(share);
        return share;
    }

    private void Remove(Share share, User user)
    {
        lock (_lock)
        {
            user.Sessions.Remove(share);
            if (user.Sessions.Count == 0 && _users.GetValueOrDefault(user.Name) == user)
            {
                _users.Remove(user.Name);
            }
        }
    }

    /// <summary>One session's part. Owned by it.</summary>
    internal sealed class Share(SessionBudget budget, User user, IActorRef session)
    {
        private long _bytes;

        public IActorRef Session { get; } = session;

        /// <summary>Since when it has no client; null while it has one.</summary>
        public TimeSpan? DetachedSince { get; private set; } = TimeSpan.MaxValue;

        /// <summary>Whether user or node hold more than they may.</summary>
        public bool IsExceeded => IsExceededWith(0);

        public void Detach(TimeSpan now) => Note(now);

        public void Attach() => Note(null);

        /// <summary>Whether so many bytes more would be too many.</summary>
        public bool IsExceededWith(int bytes) =>
            user.Bytes + bytes > budget.Settings.MaxUserLogBytes || budget.Bytes + bytes > budget.Settings.MaxTotalLogBytes;

        /// <param name="bytes">More, or less than before.</param>
        public void Use(long bytes)
        {
            _bytes += bytes;
            user.Use(bytes);
            Interlocked.Add(ref budget._bytes, bytes);
        }

        /// <summary>The session is over. A second time changes nothing.</summary>
        public void Leave()
        {
            Use(-_bytes);
            budget.Remove(this, user);
        }

        private void Note(TimeSpan? since)
        {
            lock (budget._lock)
            {
                DetachedSince = since;
            }
        }
    }

    internal sealed class User(string name)
    {
        private long _bytes;

        public string Name { get; } = name;

        public long Bytes => Volatile.Read(ref _bytes);

        public List<Share> Sessions { get; } = [];

        public void Use(long bytes) => Interlocked.Add(ref _bytes, bytes);
    }

    private SessionSettings Settings => settings;
}
