using System.Net;
using Akka.Actor;
using WsActors.Transport;

namespace WsActors.Sessions;

/// <summary>
/// How many sessions a node has, with a client or without, and what their logs hold: of each user, of nobody in particular (anonymous),
/// and in all. A cap on sessions refuses the new one: only a user's own cap ends a session, one of that user. What all logs share is <see
/// cref="SharedLogQuota"/>'s. One a system; any thread. A message costs four additions, and no lock.
/// </summary>
internal sealed class SessionQuota
{
    private readonly Lock _lock = new();

    private readonly SessionSettings _settings;

    /// <summary>Guarded by the lock. None is without a session; an anonymous session is a user of its own.</summary>
    private readonly Dictionary<string, User> _users = [];

    /// <summary>Anonymous sessions by the network of the client that began them. Guarded by the lock.</summary>
    private readonly NetworkCounts _networks = new();

    /// <summary>Guarded by the lock.</summary>
    private int _sessions;

    /// <summary>Guarded by the lock.</summary>
    private int _anonymous;

    private readonly SharedLogQuota _log;

    public SessionQuota(SessionSettings settings)
    {
        _settings = settings;
        _log = new SharedLogQuota(settings.MaxTotalLogBytes, _lock, () => _users.Values.SelectMany(static user => user.Sessions));
    }

    /// <summary>What all logs hold.</summary>
    public long Bytes => _log.Bytes;

    public int Sessions
    {
        get
        {
            lock (_lock)
            {
                return _sessions;
            }
        }
    }

    /// <summary>Takes a session that is there already, whatever the caps: it moved here.</summary>
    public Share AddExisting(string id, IPAddress client, IActorRef session)
    {
        lock (_lock)
        {
            return Add(id, client, session);
        }
    }

    /// <summary>Takes a new session, if there may be one more.</summary>
    /// <param name="id">The session's.</param>
    /// <param name="client">Where its client is.</param>
    /// <param name="session">The session.</param>
    /// <param name="evicted">Who has to go for it: of the user's sessions, the one that has been without a client for longest. Null for nobody.</param>
    /// <param name="refusal">Why there may not be one more; null when there may.</param>
    /// <returns>Null when there may not.</returns>
    public Share? TryAdd(string id, IPAddress client, IActorRef session, out IActorRef? evicted, out string? refusal)
    {
        lock (_lock)
        {
            evicted = null;
            refusal = null;
            if (_users.TryGetValue(SessionToken.UserPartOf(id), out var user) && user.Sessions.Count >= _settings.MaxPerUser)
            {
                var longest = user.Sessions.Where(static one => one.DetachedSince is not null).MinBy(static one => one.DetachedSince);
                if (longest is null)
                {
                    refusal = "you have as many sessions as you may";
                    return null;
                }

                // It is not counted any more, and cannot be chosen twice.
                Remove(longest);
                evicted = longest.Session;
            }

            refusal = evicted is null ? RefusalOf(SessionToken.IsAnonymous(id), client) : null;
            return refusal is null ? Add(id, client, session) : null;
        }
    }

    /// <summary>
    /// Why a client cannot have a session here, as far as that is sure before its hello: there may not be one more, and there is none
    /// that it could resume.
    /// </summary>
    /// <param name="user">Whom the guard named; null for nobody in particular.</param>
    /// <param name="client">Where the client is.</param>
    /// <returns>Null when it may have one.</returns>
    public string? RefusalFor(string? user, IPAddress client)
    {
        lock (_lock)
        {
            var mayResume = user is null ? _anonymous > 0 : _users.ContainsKey(SessionToken.UserPartFor(user));
            return mayResume ? null : RefusalOf(user is null, client);
        }
    }

    private string? RefusalOf(bool isAnonymous, IPAddress client)
    {
        if (_sessions >= _settings.Max)
        {
            return "the server has as many sessions as it takes (sessions.max)";
        }

        if (isAnonymous && _anonymous >= _settings.MaxAnonymous)
        {
            return "the server has as many anonymous sessions as it takes (sessions.max-anonymous)";
        }

        return isAnonymous && PeerAddress.IsKnown(client) && _networks[NetworkCounts.NetworkOf(client)] >= _settings.MaxPerAddress
            ? "your address has as many anonymous sessions as it may (sessions.max-per-address)"
            : null;
    }

    private Share Add(string id, IPAddress client, IActorRef session)
    {
        var name = SessionToken.UserPartOf(id);
        if (!_users.TryGetValue(name, out var user))
        {
            _users.Add(name, user = new User(name));
        }

        var isAnonymous = SessionToken.IsAnonymous(id);
        var share = new Share(this, user, session, isAnonymous, isAnonymous && PeerAddress.IsKnown(client) ? NetworkCounts.NetworkOf(client) : null);
        user.Sessions.Add(share);
        _networks.Add(share.Network);
        _sessions++;
        _anonymous += isAnonymous ? 1 : 0;
        return share;
    }

    /// <summary>It is not counted any more. A second time changes nothing. Under the lock.</summary>
    private void Remove(Share share)
    {
        if (!share.User.Sessions.Remove(share))
        {
            return;
        }

        _networks.Remove(share.Network);
        _sessions--;
        _anonymous -= share.IsAnonymous ? 1 : 0;
        if (share.User.Sessions.Count == 0)
        {
            _users.Remove(share.User.Name);
        }
    }

    /// <summary>One session's part. Owned by it.</summary>
    /// <param name="budget">The whole.</param>
    /// <param name="user">Whose the session is.</param>
    /// <param name="session">The session.</param>
    /// <param name="isAnonymous">Whether it is nobody's in particular.</param>
    /// <param name="network">Of its first client, where that is counted.</param>
    internal sealed class Share(SessionQuota budget, User user, IActorRef session, bool isAnonymous, IPAddress? network)
    {
        private long _bytes;

        private long _claimed;

        public User User => user;

        public IActorRef Session => session;

        public bool IsAnonymous => isAnonymous;

        public IPAddress? Network => network;

        /// <summary>What its log holds.</summary>
        public long Bytes => Volatile.Read(ref _bytes);

        /// <summary>Since when it has no client; null while it has one, or ends and cannot make room for another by that.</summary>
        public TimeSpan? DetachedSince { get; private set; } = TimeSpan.MaxValue;

        /// <summary>What of its log has to go for others, and has not yet. <see cref="SharedLogQuota"/>'s, written under the lock.</summary>
        public long Claimed
        {
            get => Volatile.Read(ref _claimed);
            set => Volatile.Write(ref _claimed, value);
        }

        public void Detach(TimeSpan now) => SetDetachedSince(now);

        public void Attach() => SetDetachedSince(null);

        /// <summary>It is ending, and counts until it has: it is not chosen to go for another.</summary>
        public void ExcludeFromEviction() => SetDetachedSince(null);

        /// <summary>
        /// Whether the oldest of its log has to go: its user holds more than it may, or all do and this log is one of those that go
        /// first.
        /// </summary>
        public bool MustTrim() => user.Bytes > budget._settings.MaxUserLogBytes || budget._log.MustTrim(this);

        /// <summary>Whether so many bytes more would be too many.</summary>
        public bool IsExceededWith(int bytes) =>
            user.Bytes + bytes > budget._settings.MaxUserLogBytes || budget._log.IsExceededWith(bytes, isAnonymous);

        /// <param name="bytes">More, or less than before.</param>
        public void Use(long bytes)
        {
            Volatile.Write(ref _bytes, _bytes + bytes);
            user.Use(bytes);
            budget._log.Use(this, bytes);
        }

        /// <summary>Its log is empty: whatever had to go is gone.</summary>
        public void OnEmptied() => budget._log.ReleaseClaim(this, long.MaxValue);

        /// <summary>The session is over. A second time changes nothing.</summary>
        public void Release()
        {
            Use(-_bytes);
            OnEmptied();
            lock (budget._lock)
            {
                budget.Remove(this);
            }
        }

        private void SetDetachedSince(TimeSpan? since)
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
}
