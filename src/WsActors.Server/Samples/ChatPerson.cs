using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WsActors.Server.Samples;

/// <summary>One person in one room, as all who are there see each other on all nodes. Immutable.</summary>
/// <param name="Name">The name it goes by.</param>
/// <param name="Came">The order of arrival: an earlier person has a smaller value. No two are equal.</param>
/// <param name="Tab">What its client chose once; null for a client that has none. Never told to clients.</param>
internal sealed record ChatPerson(string Name, long Came, string? Tab)
{
    /// <summary>The presence data in the room's topic.</summary>
    public IReadOnlyDictionary<string, string> PresenceData
    {
        get
        {
            var shows = new Dictionary<string, string> { ["name"] = Name, ["came"] = Came.ToString(CultureInfo.InvariantCulture) };
            if (Tab is not null)
            {
                shows.Add("tab", Tab);
            }

            return shows;
        }
    }

    /// <summary>False for one who joined the topic by other ways than the chat's.</summary>
    public static bool TryRead(IReadOnlyDictionary<string, string> shows, [NotNullWhen(true)] out ChatPerson? person)
    {
        person = shows.TryGetValue("name", out var name) && shows.TryGetValue("came", out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var came)
                ? new ChatPerson(name, came, shows.GetValueOrDefault("tab"))
                : null;
        return person is not null;
    }

    /// <summary>Behind all whom it sees, whatever the clocks of other nodes say; the last twenty bits keep apart who comes at the same moment.</summary>
    public static long CameAfter(IEnumerable<ChatPerson> others, DateTimeOffset now) =>
        Math.Max((now.ToUnixTimeMilliseconds() << 20) + Random.Shared.Next(1 << 20), others.Select(static other => other.Came).DefaultIfEmpty().Max() + 1);

    /// <summary>Whether it is the same tab's other connection.</summary>
    public bool IsTabOf(ChatPerson other) => Tab is not null && Tab == other.Tab;

    /// <summary>Whether the name belongs to the other: who came first keeps it, and all nodes see that alike.</summary>
    public bool MustYieldTo(ChatPerson other) =>
        other.Came < Came && !IsTabOf(other) && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);
}
