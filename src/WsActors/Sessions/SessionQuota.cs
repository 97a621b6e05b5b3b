using System.Net;
using Akka.Actor;
using WsActors.Settings;
using WsActors.Transport;

namespace WsActors.Sessions;

/// <summary>
/// The limits of a node's sessions, with a client or without, and of their logs: per user, anonymous, and in all. A limit on sessions
/// refuses the new one; only a user's own limit ends a session, one of that user. The limit of all logs together is <see
/// cref="SharedLogQuota"/>'s. One a system; any thread. A message costs four additions, and no lock.
/// </summary>
internal sealed class SessionQuota
{
    private readonly Lock _lock = new();

    private readonly SessionSettings _settings;

    /// <summary>Guarded by the lock. Each user has a session; an anonymous session is a user of its own.</summary>
    private readonly Dictionary<string, User> _users = [];

    /// <summary>Anonymous sessions by the network of the client that started them. Guarded by the lock.</summary>
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

    /// <summary>The bytes of all logs.</summary>
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

    /// <summary>The sessions of a user, until their end.</summary>
    public IReadOnlyList<IActorRef> SessionsOf(string user)
    {
        lock (_lock)
        {
            return _users.TryGetValue(SessionToken.UserPartFor(user), out var found)
                ? [.. found.Sessions.Select(static share => share.Session)]
                : [];
        }
    }

    /// <summary>Adds a session that has moved here, whatever the limits.</summary>
    public Share AddExisting(string id, IPAddress client, IActorRef session)
    {
        lock (_lock)
        {
            return Add(id, client, session);
        }
    }

    /// <summary>Adds a new session, if the limits allow it.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="client">The client's address.</param>
    /// <param name="session">The session.</param>
    /// <param name="evicted">The session to end for it: the user's one that has been without a client for longest. Null for none.</param>
    /// <param name="refusal">The reason of a refusal; null when it is added.</param>
    /// <returns>Null when it is refused.</returns>
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
                    refusal = "your user has as many sessions as it may (sessions.max-per-user)";
                    return null;
                }

                // Not counted any more, so that it is not chosen twice.
                Remove(longest);
                evicted = longest.Session;
            }

            refusal = evicted is null ? RefusalOf(SessionToken.IsAnonymous(id), client) : null;
            return refusal is null ? Add(id, client, session) : null;
        }
    }

    /// <summary>
    /// The refusal of a client's session, as far as it is certain before its hello: the limits allow no new session, and the client has no
    /// session to resume.
    /// </summary>
    /// <param name="user">The guard's user; null for an anonymous client.</param>
    /// <param name="client">The client's address.</param>
    /// <returns>Null when it is not refused.</returns>
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
        var share = new Share(
            this, user, session, isAnonymous, isAnonymous && PeerAddress.IsKnown(client) ? NetworkCounts.NetworkOf(client) : null);
        user.Sessions.Add(share);
        _networks.Add(share.Network);
        _sessions++;
        _anonymous += isAnonymous ? 1 : 0;
        return share;
    }

    /// <summary>Removes a session from the counts. A second call changes nothing. Under the lock.</summary>
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

    /// <summary>One session's share of the quota. Owned by the session.</summary>
    /// <param name="budget">The quota.</param>
    /// <param name="user">The session's user.</param>
    /// <param name="session">The session.</param>
    /// <param name="isAnonymous">Whether the session is anonymous.</param>
    /// <param name="network">The network of its first client, where that is counted.</param>
    internal sealed class Share(SessionQuota budget, User user, IActorRef session, bool isAnonymous, IPAddress? network)
    {
        private long _bytes;

        private long _claimed;

        public User User => user;

        public IActorRef Session => session;

        public bool IsAnonymous => isAnonymous;

        public IPAddress? Network => network;

        /// <summary>The bytes of its log.</summary>
        public long Bytes => Volatile.Read(ref _bytes);

        /// <summary>The time since which it has no client; null while it has one, or is ending and cannot be evicted.</summary>
        public TimeSpan? DetachedSince { get; private set; } = TimeSpan.MaxValue;

        /// <summary>The bytes of its log still to be trimmed for others. <see cref="SharedLogQuota"/>'s, written under the lock.</summary>
        public long Claimed
        {
            get => Volatile.Read(ref _claimed);
            set => Volatile.Write(ref _claimed, value);
        }

        public void Detach(TimeSpan now) => SetDetachedSince(now);

        public void Attach() => SetDetachedSince(null);

        /// <summary>The session is ending: it counts until its end, and is not evicted for another.</summary>
        public void ExcludeFromEviction() => SetDetachedSince(null);

        /// <summary>
        /// Whether its log must be trimmed: its user's logs exceed their limit, or all logs exceed theirs and this one is among the first
        /// to be trimmed.
        /// </summary>
        public bool MustTrim() => user.Bytes > budget._settings.MaxUserLogBytes || budget._log.MustTrim(this);

        /// <summary>Whether a number of additional bytes would exceed a limit.</summary>
        public bool IsExceededWith(int bytes) =>
            user.Bytes + bytes > budget._settings.MaxUserLogBytes || budget._log.IsExceededWith(bytes, isAnonymous);

        /// <param name="bytes">The change; negative for bytes that were removed.</param>
        public void Use(long bytes)
        {
            Volatile.Write(ref _bytes, _bytes + bytes);
            user.Use(bytes);
            budget._log.Use(this, bytes);
        }

        /// <summary>Its log is empty: nothing is left to be trimmed.</summary>
        public void OnEmptied() => budget._log.ReleaseClaim(this, long.MaxValue);

        /// <summary>The session has ended. A second call changes nothing.</summary>
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
