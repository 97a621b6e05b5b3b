using Akka.Actor;

namespace WsActors.Server.Samples;

/// <summary>
/// The names in a room, as one client is told them. If two people have the same name for a moment, the client is told it once. Pure; owned
/// by a handler.
/// </summary>
internal sealed class ChatRoster
{
    private readonly Dictionary<IActorRef, string> _names = [];

    /// <summary>The names by their text ignoring case: the text that the client was told, and the number of people with the name.</summary>
    private readonly Dictionary<string, (string Told, int Count)> _told = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every name once, in order.</summary>
    public IReadOnlyCollection<string> Names => [.. _told.Values.Select(static name => name.Told).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The name, or the first of <c>name-2</c>, <c>name-3</c> and so on that is not taken.</summary>
    public string Free(string name)
    {
        var free = name;
        for (var number = 2; _told.ContainsKey(free); number++)
        {
            free = $"{name}-{number}";
        }

        return free;
    }

    /// <summary>Sets the name of a person.</summary>
    /// <returns>The events for the client.</returns>
    public IReadOnlyList<Chat.Event> Set(IActorRef connection, string name)
    {
        var events = new List<Chat.Event>();
        var (told, count) = _told.GetValueOrDefault(name, (name, 0));
        _told[name] = (told, count + 1);
        if (count == 0)
        {
            events.Add(new Chat.Joined(name));
        }

        events.AddRange(Remove(connection));
        _names.Add(connection, name);
        return events;
    }

    /// <summary>Removes a person.</summary>
    /// <returns>The events for the client.</returns>
    public IReadOnlyList<Chat.Event> Remove(IActorRef connection)
    {
        if (!_names.Remove(connection, out var name))
        {
            return [];
        }

        var (told, count) = _told[name];
        if (count > 1)
        {
            _told[name] = (told, count - 1);
            return [];
        }

        _told.Remove(name);
        return [new Chat.Left(told)];
    }
}
