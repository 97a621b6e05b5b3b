using Akka.Actor;
using Akka.DistributedData;

namespace WsActors.Cluster;

/// <summary>
/// A share of all entries, whatever their topics, so that a large topic is no larger burden than many small ones: a change of one travels,
/// and is compared, with its bucket alone. Owned by the presence relay.
/// </summary>
internal sealed class PresenceBucket(int number)
{
    /// <summary>
    /// How many there are, for ever: nodes of two versions must agree. A node that joins gets as many at a time as cluster.conf says
    /// (max-delta-elements), in one message: a quarter of all entries has to fit into a remote frame, see <see cref="RemoteFrameSize"/>.
    /// </summary>
    public const int Count = 128;

    public int Number => number;

    public ORSetKey<string> Key { get; } = new($"ws-actors-presence-{number}");

    /// <summary>All that is replicated, entries of dead nodes included, by how it is written.</summary>
    public IReadOnlyDictionary<string, PresenceEntry> Entries { get; private set; } = new Dictionary<string, PresenceEntry>();

    /// <summary>This node's own by their keys, as they are written.</summary>
    public Dictionary<string, string> Own { get; } = [];

    /// <summary>Those that are shown, by their keys, and the connection that each is about.</summary>
    public Dictionary<string, (PresenceEntry Entry, IActorRef Connection)> Shown { get; set; } = [];

    /// <summary>Changes of this node's own that are not written yet; null for what goes.</summary>
    public Dictionary<string, PresenceEntry?> Pending { get; private set; } = [];

    public static int NumberOf(string key) => HashOf(key, Count);

    /// <summary>Which of so many a text belongs to. FNV-1a: the same on every node, unlike .NET's own.</summary>
    public static int HashOf(string key, int count)
    {
        var hash = 2166136261u;
        foreach (var unit in key)
        {
            hash = (hash ^ unit) * 16777619u;
        }

        return (int)(hash % (uint)count);
    }

    /// <summary>Takes what is replicated now. What was known is not read again.</summary>
    public void Update(IEnumerable<string> written, Func<string, PresenceEntry?> read)
    {
        var entries = new Dictionary<string, PresenceEntry>();
        foreach (var text in written)
        {
            if ((Entries.GetValueOrDefault(text) ?? read(text)) is { } entry)
            {
                entries.Add(text, entry);
            }
        }

        Entries = entries;
    }

    /// <summary>What is replicated of this node and is not its own, or is its own and not replicated.</summary>
    /// <param name="node">This node.</param>
    public HashSet<string> FindMismatches(string node)
    {
        var amiss = Entries.Where(one => one.Value.Node == node).Select(static one => one.Key).ToHashSet();
        amiss.SymmetricExceptWith(Own.Values);
        return amiss;
    }

    public Dictionary<string, PresenceEntry?> TakePending()
    {
        var pending = Pending;
        Pending = [];
        return pending;
    }
}
