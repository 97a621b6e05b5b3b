using Akka.Actor;
using WsActors.Messages;

namespace WsActors.Sessions;

/// <summary>
/// The limit of the logs of all sessions of a node together, and the order in which they are trimmed. Anonymous logs hold at most half of
/// it: the other half is for users only. Anonymous logs without a client are trimmed first, the largest first; then those of the user that
/// holds most, so that a user below an equal share of the users' half never loses messages to others. Part of <see
/// cref="SessionQuota"/>; any thread.
/// </summary>
/// <param name="max">The limit, in bytes.</param>
/// <param name="guard">The lock of the <see cref="SessionQuota"/>.</param>
/// <param name="all">All sessions; called under the lock.</param>
internal sealed class SharedLogQuota(long max, Lock guard, Func<IEnumerable<SessionQuota.Share>> all)
{
    private long _bytes;

    private long _anonymousBytes;

    /// <summary>The bytes still to be trimmed, which count as removed. Written under the lock.</summary>
    private long _claimed;

    private long _anonymousClaimed;

    public long Bytes => Volatile.Read(ref _bytes);

    private long MaxAnonymous => max / 2;

    public void Use(SessionQuota.Share share, long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        if (share.IsAnonymous)
        {
            Interlocked.Add(ref _anonymousBytes, bytes);
        }

        if (bytes < 0)
        {
            ReleaseClaim(share, -bytes);
        }
    }

    /// <summary>A number of bytes of a log were removed.</summary>
    public void ReleaseClaim(SessionQuota.Share share, long bytes)
    {
        if (share.Claimed > 0)
        {
            lock (guard)
            {
                Claim(share, -Math.Min(share.Claimed, bytes));
            }
        }
    }

    public bool IsExceededWith(int bytes, bool isAnonymous) => Excess + bytes > 0 || (isAnonymous && AnonymousExcess + bytes > 0);

    /// <summary>Above the limit, chooses the logs to trim, and tells their sessions.</summary>
    /// <returns>Whether this session must trim its log.</returns>
    public bool MustTrim(SessionQuota.Share share)
    {
        if (share.Claimed == 0 && (Excess > 0 || AnonymousExcess > 0))
        {
            MakeRoom(share);
        }

        return share.Claimed > 0;
    }

    private long Excess => Volatile.Read(ref _bytes) - Volatile.Read(ref _claimed) - max;

    private long AnonymousExcess => Volatile.Read(ref _anonymousBytes) - Volatile.Read(ref _anonymousClaimed) - MaxAnonymous;

    private void MakeRoom(SessionQuota.Share asker)
    {
        List<IActorRef> others = [];
        lock (guard)
        {
            var shares = all().Where(static share => share.Bytes > 0 && share.Claimed == 0).ToArray();
            if (AnonymousExcess > 0)
            {
                TellToTrim(shares.Where(static share => share.IsAnonymous), () => AnonymousExcess, MaxAnonymous, reserve: 0);
            }

            if (Excess > 0)
            {
                var users = shares.Where(static share => !share.IsAnonymous).Select(static share => share.User).Distinct().Count();
                var reserve = (max - MaxAnonymous) / Math.Max(1, users);
                TellToTrim(shares.Where(static share => share.Claimed == 0), () => Excess, max, reserve);
            }

            others.AddRange(shares.Where(share => share.Claimed > 0 && share != asker).Select(static share => share.Session));
        }

        foreach (var other in others)
        {
            other.Tell(SessionMessages.TrimLog.Instance, ActorRefs.NoSender);
        }
    }

    // Trims 1/32 of the limit more than the excess, so that the next message does not scan all sessions again; of users only what they hold
    // beyond their equal share.
    private void TellToTrim(IEnumerable<SessionQuota.Share> shares, Func<long> excess, long limit, long reserve)
    {
        foreach (var share in InOrder(shares))
        {
            var isReserved = !share.IsAnonymous && share.User.Bytes <= reserve;
            if (excess() <= (isReserved ? 0 : -limit / 32))
            {
                return;
            }

            Claim(share, share.Bytes);
        }
    }

    private static IEnumerable<SessionQuota.Share> InOrder(IEnumerable<SessionQuota.Share> shares) => shares
        .OrderBy(static share => share is { IsAnonymous: true, DetachedSince: not null } ? 0 : 1)
        .ThenByDescending(static share => share is { IsAnonymous: true, DetachedSince: not null } ? share.Bytes : share.User.Bytes)
        .ThenByDescending(static share => share.DetachedSince is null ? 0 : share.Bytes)
        .ThenBy(static share => share.DetachedSince);

    private void Claim(SessionQuota.Share share, long bytes)
    {
        share.Claimed += bytes;
        Volatile.Write(ref _claimed, _claimed + bytes);
        if (share.IsAnonymous)
        {
            Volatile.Write(ref _anonymousClaimed, _anonymousClaimed + bytes);
        }
    }
}
