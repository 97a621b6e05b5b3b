using Akka.Actor;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Sessions;

/// <summary>The attached client of a session, one at a time, or the time since the last detached. Owned by its session.</summary>
/// <param name="session">The session.</param>
/// <param name="share">Told of attach and detach: the session longest without a client is evicted first.</param>
/// <param name="view">Shows attach and detach to lists.</param>
/// <param name="since">The time since which it has no client.</param>
internal sealed class ClientAttachment(SessionActor session, SessionQuota.Share share, SessionView view, TimeSpan since)
{
    private readonly TimeSpan _retention = session.Host.Settings.Retention;

    private (IActorRef Connection, IActorRef Link)? _client;

    /// <summary>The time of the last detach; without meaning while a client is attached.</summary>
    private TimeSpan _since = since;

    public bool IsAttached => _client is not null;

    /// <summary>The time when the session ends if no client attaches.</summary>
    public TimeSpan ExpiresAt => IsAttached ? TimeSpan.MaxValue : _since + _retention;

    /// <summary>The time without a client.</summary>
    public TimeSpan DetachedFor(TimeSpan now) => IsAttached ? TimeSpan.Zero : now - _since;

    /// <summary>Whether a connection is that of the attached client, and not of an earlier one.</summary>
    public bool IsConnection(IActorRef connection) => _client is var (current, _) && current.Equals(connection);

    public void Attach(IActorRef connection, IActorRef link)
    {
        _client = (connection, link);
        share.Attach();
        view.Attach();
        SessionActor.Watch(connection);
    }

    /// <param name="close">The close, for its connection; null when that is closed already.</param>
    /// <returns>Whether a client was attached.</returns>
    public bool Detach(Ws.Close? close)
    {
        if (_client is not var (connection, _))
        {
            return false;
        }

        _client = null;
        _since = session.Now;
        share.Detach(_since);
        view.Detach(since: TimeSpan.Zero);
        SessionActor.Unwatch(connection);
        if (close is not null)
        {
            session.Tell(connection, close);
        }

        return true;
    }

    /// <summary>Sends it a frame of the subprotocol other than a message.</summary>
    public void Tell(ReadOnlyMemory<byte> frame)
    {
        if (_client is var (connection, _))
        {
            session.Tell(connection, SessionFrameWriter.SendOf(frame));
        }
    }

    /// <summary>Tells its connection a command.</summary>
    public void TellConnection(Ws.ICommand command)
    {
        if (_client is var (connection, _))
        {
            session.Tell(connection, command);
        }
    }

    public void TellLink(object message)
    {
        if (_client is var (_, link))
        {
            session.Tell(link, message);
        }
    }
}
