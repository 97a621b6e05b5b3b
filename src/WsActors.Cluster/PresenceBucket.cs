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

    /// <summary>The entries that watchers see, by key, each with its connection.</summary>
    public Dictionary<string, (PresenceEntry Entry, IActorRef Connection)> Shown { get; set; } = [];

    /// <summary>This node's own changes that are not written yet; null removes the entry.</summary>
    public Dictionary<string, PresenceEntry?> Pending { get; private set; } = [];

    public static int NumberOf(string key) => HashOf(key, Count);

    /// <summary>The bucket of a key. FNV-1a: the same on every node, unlike .NET's hash codes.</summary>
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

    /// <summary>The keys that are replicated for this node but are not its own, and its own keys that are not replicated.</summary>
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
