using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Sessions;

/// <summary>The state of a session for lists. The session writes it; any thread reads it without a message.</summary>
/// <param name="session">The session.</param>
/// <param name="id">Its id.</param>
/// <param name="user">Its user; null without one.</param>
/// <param name="route">The route's template.</param>
/// <param name="startedAt">The date of its start.</param>
/// <param name="clock">The clock of dates.</param>
internal sealed class SessionView(IActorRef session, string id, string? user, string route, DateTimeOffset startedAt, Clock clock)
{
    private const long Attached = -1;

    /// <summary>The date since which it has no client, in ticks of UTC; <see cref="Attached"/> while it has one.</summary>
    private long _detachedAt = Attached;

    private int _messages;

    private long _bytes;

    public string Id => id;

    public string? User => user;

    public string Route => route;

    public DateTimeOffset? DetachedAt =>
        Volatile.Read(ref _detachedAt) is var ticks and not Attached ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>The messages of its log.</summary>
    public int Messages => Volatile.Read(ref _messages);

    /// <summary>The bytes of its log.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Attach() => Volatile.Write(ref _detachedAt, Attached);

    /// <param name="since">The time that it has been without a client.</param>
    public void Detach(TimeSpan since) => Volatile.Write(ref _detachedAt, (clock.Date - since).UtcTicks);

    public void SetLog(int messages, long bytes)
    {
        Volatile.Write(ref _messages, messages);
        Volatile.Write(ref _bytes, bytes);
    }

    public Ws.SessionInfo ToInfo() => new()
    {
        Session = session,
        SessionId = id,
        Node = session.Path.Address,
        User = user,
        Route = route,
        StartedAt = startedAt,
        DetachedAt = DetachedAt,
        UnacknowledgedMessages = Messages,
        UnacknowledgedBytes = Bytes,
    };
}
