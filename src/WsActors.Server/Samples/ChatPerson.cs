using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WsActors.Server.Samples;

/// <summary>One person in one room, as the presence shows it on all nodes. Immutable.</summary>
/// <param name="Name">The current name.</param>
/// <param name="Came">The order of arrival: an earlier person has a smaller value. No two are equal.</param>
/// <param name="Tab">The client's tab; null for a client without one. Never sent to clients.</param>
internal sealed record ChatPerson(string Name, long Came, string? Tab)
{
    /// <summary>The presence data in the room's topic.</summary>
    public IReadOnlyDictionary<string, string> PresenceData
    {
        get
        {
            var data = new Dictionary<string, string> { ["name"] = Name, ["came"] = Came.ToString(CultureInfo.InvariantCulture) };
            if (Tab is not null)
            {
                data.Add("tab", Tab);
            }

            return data;
        }
    }

    /// <summary>Reads presence data; false for a member that is not a person of the chat.</summary>
    public static bool TryRead(IReadOnlyDictionary<string, string> data, [NotNullWhen(true)] out ChatPerson? person)
    {
        person = data.TryGetValue("name", out var name) && data.TryGetValue("came", out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var came)
                ? new ChatPerson(name, came, data.GetValueOrDefault("tab"))
                : null;
        return person is not null;
    }

    /// <summary>
    /// The order of arrival behind all known others, even if the clocks of nodes differ. The last twenty bits are random: they separate
    /// people who arrive in the same millisecond.
    /// </summary>
    public static long CameAfter(IEnumerable<ChatPerson> others, DateTimeOffset now) => Math.Max(
        (now.ToUnixTimeMilliseconds() << 20) + Random.Shared.Next(1 << 20),
        others.Select(static other => other.Came).DefaultIfEmpty().Max() + 1);

    /// <summary>Whether both are connections of the same tab.</summary>
    public bool IsTabOf(ChatPerson other) => Tab is not null && Tab == other.Tab;

    /// <summary>Whether the name belongs to the other person: the earlier one keeps it, and all nodes decide alike.</summary>
    public bool MustYieldTo(ChatPerson other) =>
        other.Came < Came && !IsTabOf(other) && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);
}
