using System.Text;

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
    public string Write()
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        Write(to, Topic);
        Write(to, Connection);
        Write(to, Node);
        Write(to, User);
        to.Write7BitEncodedInt(Data.Count);
        foreach (var (key, value) in Data)
        {
            Write(to, key);
            Write(to, value);
        }

        return Version + Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>Reads an entry; null for a text that this version cannot read.</summary>
    public static PresenceEntry? Read(string text)
    {
        if (!text.StartsWith(Version))
        {
            return null;
        }

        try
        {
            using var from = new BinaryReader(new MemoryStream(Convert.FromBase64String(text[1..])));
            var (topic, connection, node, user) = (ReadText(from), ReadText(from), ReadText(from), ReadTextOrNull(from));
            var data = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var left = ReadCount(from); left > 0; left--)
            {
                data[ReadText(from)] = ReadText(from);
            }

            return new PresenceEntry(topic, connection, node, user, data.AsReadOnly());
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>Writes a text behind its length plus one; 0 stands for null.</summary>
    private static void Write(BinaryWriter to, string? text)
    {
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        to.Write7BitEncodedInt(text is null ? 0 : bytes.Length + 1);
        to.Write(bytes);
    }

    private static string ReadText(BinaryReader from) => ReadTextOrNull(from) ?? throw new FormatException("A text is missing.");

    private static string? ReadTextOrNull(BinaryReader from) => ReadCount(from) switch
    {
        0 => null,
        var length => Encoding.UTF8.GetString(from.ReadBytes(length - 1)),
    };

    // A length or count is checked against the remaining bytes before memory is allocated for it.
    private static int ReadCount(BinaryReader from) =>
        from.Read7BitEncodedInt() is var count && count >= 0 && count - 1 <= from.BaseStream.Length - from.BaseStream.Position
            ? count
            : throw new FormatException($"The length {count} is out of range.");
}
