using Akka.Actor;
using Akka.DistributedData;

namespace WsActors.Cluster;

/// <summary>
/// A share of all presence entries, independent of their topics, so that a large topic costs no more than many small ones. A change of an
/// entry is replicated and compared with its bucket only. Owned by the presence relay.
/// </summary>
internal sealed class PresenceBucket(int number)
{
    /// <summary>
    /// The number of buckets. It never changes: nodes of two versions must agree. A joining node gets as many buckets in one message as
    /// max-delta-elements of cluster.conf allows: a quarter of all entries must fit into a remote frame, see <see cref="RemoteFrameSize"/>.
    /// </summary>
    public const int Count = 128;

    public int Number => number;

    public ORSetKey<string> Key { get; } = new($"ws-actors-presence-{number}");

    /// <summary>All replicated entries by their text, entries of dead nodes included.</summary>
    public IReadOnlyDictionary<string, PresenceEntry> Entries { get; private set; } = new Dictionary<string, PresenceEntry>();

    /// <summary>The texts of this node's own entries, by key.</summary>
    public Dictionary<string, string> Own { get; } = [];

    /// <summary>The entries that watchers see, by key, each with its connection.</summary>
    public Dictionary<string, (PresenceEntry Entry, IActorRef Connection)> Shown { get; set; } = [];

    /// <summary>This node's own changes that are not written yet; null removes the entry.</summary>
    public Dictionary<string, PresenceEntry?> Pending { get; private set; } = [];

    public static int NumberOf(string key) => HashOf(key, Count);

    /// <summary>The FNV-1a hash of a key, modulo a count. It is the same on every node, unlike .NET's hash codes.</summary>
    public static int HashOf(string key, int count)
    {
        var hash = 2166136261u;
        foreach (var unit in key)
        {
            hash = (hash ^ unit) * 16777619u;
        }

        return (int)(hash % (uint)count);
    }

    /// <summary>Replaces the replicated entries. Known texts are not parsed again.</summary>
    public void Update(IEnumerable<string> replicated, Func<string, PresenceEntry?> read)
    {
        var entries = new Dictionary<string, PresenceEntry>();
        foreach (var text in replicated)
        {
            if ((Entries.GetValueOrDefault(text) ?? read(text)) is { } entry)
            {
                entries.Add(text, entry);
            }
        }

        Entries = entries;
    }

    /// <summary>The texts that are replicated for this node but are not its own, and its own texts that are not replicated.</summary>
    /// <param name="node">This node.</param>
    public HashSet<string> FindMismatches(string node)
    {
        var mismatches = Entries.Where(pair => pair.Value.Node == node).Select(static pair => pair.Key).ToHashSet();
        mismatches.SymmetricExceptWith(Own.Values);
        return mismatches;
    }

    public Dictionary<string, PresenceEntry?> TakePending()
    {
        var pending = Pending;
        Pending = [];
        return pending;
    }
}
