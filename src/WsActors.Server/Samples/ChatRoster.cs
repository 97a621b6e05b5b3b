using Akka.Actor;

namespace WsActors.Server.Samples;

/// <summary>
/// Who is in a room, by name, as one of them is told. Where two go by the same name for a moment, it is told of once. Pure; owned by a
/// handler.
/// </summary>
internal sealed class ChatRoster
{
    private readonly Dictionary<IActorRef, string> _names = [];

    /// <summary>By name: as it was told, and how many go by it.</summary>
    private readonly Dictionary<string, (string Told, int Count)> _told = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every name once, in order.</summary>
    public IReadOnlyCollection<string> Names => [.. _told.Values.Select(static name => name.Told).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The name, or the first of <c>name-2</c>, <c>name-3</c> and so on that nobody goes by.</summary>
    public string Free(string name)
    {
        var free = name;
        for (var number = 2; _told.ContainsKey(free); number++)
        {
            free = $"{name}-{number}";
        }

        return free;
    }

    /// <summary>Someone goes by a name from now on.</summary>
    /// <returns>What is to be told of it.</returns>
    public IReadOnlyList<Chat.Event> Set(IActorRef connection, string name)
    {
        var news = new List<Chat.Event>();
        var (told, count) = _told.GetValueOrDefault(name, (name, 0));
        _told[name] = (told, count + 1);
        if (count == 0)
        {
            news.Add(new Chat.Joined(name));
        }

        news.AddRange(Remove(connection));
        _names.Add(connection, name);
        return news;
    }

    /// <summary>Someone is gone.</summary>
    /// <returns>What is to be told of it.</returns>
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
