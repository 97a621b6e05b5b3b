using System.Runtime.Serialization;
using Akka.Actor;
using WsActors.Serialization;

namespace WsActors.Cluster;

/// <summary>One member of one topic, as it is replicated between nodes. Only the member's node writes it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Connection">The connection's path, with the address of its node.</param>
/// <param name="Node">The address of the node with the UID of its incarnation.</param>
/// <param name="User">The user; null without one.</param>
/// <param name="Data">The presence data.</param>
internal sealed record PresenceEntry(string Topic, string Connection, string Node, string? User, IReadOnlyDictionary<string, string> Data)
{
    /// <summary>
    /// The first character of an entry in this format. An entry with another character is of a later version and is skipped.
    /// </summary>
    private const char Version = '1';

    /// <summary>Unique among all entries.</summary>
    public string Key => $"{Connection}\n{Topic}";

    public bool HasSameData(PresenceEntry other) => ReferenceEquals(Data, other.Data)
        || (Data.Count == other.Data.Count && Data.All(pair => other.Data.TryGetValue(pair.Key, out var value) && value == pair.Value));

    /// <summary>
    /// Writes the entry as a text. Nodes compare their data by its bytes, and only sets of texts and numbers have the same bytes on each
    /// node. Akka writes other sets and dictionaries in the order of hashes, which differ between processes: nodes would exchange them for
    /// ever.
    /// </summary>
    public string Write(ExtendedActorSystem system)
    {
        var to = new MessageWriter(new RequiredSystem(system));
        to.Text(Topic);
        to.Text(Connection);
        to.Text(Node);
        to.Text(User);
        to.Map(Data);
        return Version + Convert.ToBase64String(to.ToArray());
    }

    /// <summary>Reads an entry; null for a text that this version cannot read.</summary>
    public static PresenceEntry? Read(ExtendedActorSystem system, string text)
    {
        if (!text.StartsWith(Version))
        {
            return null;
        }

        try
        {
            var from = new MessageReader(new RequiredSystem(system), nameof(PresenceEntry), Convert.FromBase64String(text[1..]));
            return new PresenceEntry(from.Text(), from.Text(), from.Text(), from.TextOrNull(), from.Map());
        }
        catch (Exception e) when (e is SerializationException or FormatException)
        {
            return null;
        }
    }
}
