using System.Globalization;
using Akka.Cluster;
using Akka.DistributedData;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// A share of all sessions that are handed over between nodes. Each entry is a text, as in presence: sets of texts have the same bytes on
/// all nodes, and removed elements leave nothing behind. A change is replicated as the whole set, not as a delta: with the delta of a
/// removal, a node also takes for removed all other elements that the sender knew and that it has not received yet. Pure.
/// </summary>
internal static class SessionBucket
{
    /// <summary>The number of buckets. It never changes: nodes of two versions must agree.</summary>
    public const int Count = 256;

    /// <summary>
    /// The largest number of buckets in one message between nodes: as many buckets of the largest size fit into the smallest remote frame,
    /// see <see cref="RemoteFrameSize"/>.
    /// </summary>
    public const int PerMessage = 4;

    /// <summary>
    /// The largest number of characters of a bucket. A session that does not fit is lost; the rest of the bucket is kept.
    /// </summary>
    public const int MaxLength = 3 * 1024 * 1024;

    /// <summary>The first character of an entry in this format.</summary>
    private const char Version = '1';

    /// <summary>The marker that replaces a taken state.</summary>
    private const string Taken = "-";

    public static ORSetKey<string> KeyOf(string id) => KeyOf(PresenceBucket.HashOf(id, Count));

    public static ORSetKey<string> KeyOf(int number) => new($"ws-actors-sessions-{number}");

    /// <summary>The entry of a handed-over session.</summary>
    /// <param name="id">The ID of the session.</param>
    /// <param name="moves">The number of hand-overs so far: of two states, the one with more is the later.</param>
    /// <param name="expires">The time from which the state may be deleted.</param>
    /// <param name="state">The state.</param>
    public static string Entry(string id, int moves, DateTimeOffset expires, byte[] state) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Version}{id} {moves} {expires.ToUnixTimeSeconds()} {Convert.ToBase64String(state)}");

    /// <summary>Replaces all entries of a session with a new one.</summary>
    /// <exception cref="InvalidOperationException">The entry does not fit.</exception>
    public static Entries Put(Entries entries, UniqueAddress node, string id, string entry)
    {
        var others = Remove(entries, node, id);
        return others.Elements.Sum(static other => (long)other.Length) + entry.Length <= MaxLength
            ? others.Add(node, entry).ResetDelta()
            : throw new InvalidOperationException(
                $"The bucket has no room for a session's state: a bucket holds at most {MaxLength} characters.");
    }

    /// <summary>
    /// Marks the state of a session as taken, until it would have expired. Removing it would not be enough: on a merge of two sets,
    /// Akka.NET (1.5) may restore a removed element, depending on the nodes' addresses, because it compares the histories of the sets
    /// without an order.
    /// </summary>
    public static Entries Take(Entries entries, UniqueAddress node, string id) => Latest(entries, id) is { } latest
        ? Remove(entries, node, id).Add(node, latest[..(latest.LastIndexOf(' ') + 1)] + Taken).ResetDelta()
        : entries;

    public static Entries Remove(Entries entries, UniqueAddress node, string id) => Remove(entries, node, entry => IsOf(entry, id));

    public static Entries RemoveExpired(Entries entries, UniqueAddress node, DateTimeOffset now) =>
        Remove(entries, node, entry => IsExpired(entry, now));

    public static bool HasExpired(Entries entries, DateTimeOffset now) => entries.Elements.Any(entry => IsExpired(entry, now));

    /// <summary>The latest state of a session; null without a state that this version can read, and when it was taken.</summary>
    public static byte[]? Find(Entries entries, string id)
    {
        var latest = Latest(entries, id);
        try
        {
            return latest is null || IsTaken(latest) ? null : Convert.FromBase64String(latest[(latest.LastIndexOf(' ') + 1)..]);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The IDs of the sessions whose state was not taken.</summary>
    public static IEnumerable<string> Waiting(Entries entries) => entries.Elements
        .Where(static entry => entry.StartsWith(Version) && entry.Contains(' ') && !IsTaken(entry))
        .Select(static entry => entry[1..entry.IndexOf(' ')])
        .Distinct()
        .Where(id => !IsTaken(Latest(entries, id)!));

    private static string? Latest(Entries entries, string id) =>
        entries.Elements.Where(entry => IsOf(entry, id)).MaxBy(static entry => (Field(entry, 1), IsTaken(entry)));

    private static bool IsTaken(string entry) => entry.EndsWith($" {Taken}", StringComparison.Ordinal);

    private static Entries Remove(Entries entries, UniqueAddress node, Func<string, bool> predicate) =>
        entries.Elements.Where(predicate).Aggregate(entries, (all, entry) => all.Remove(node, entry)).ResetDelta();

    private static bool IsOf(string entry, string id) =>
        entry.Length > id.Length + 1
        && entry[0] == Version
        && entry[id.Length + 1] == ' '
        && string.CompareOrdinal(entry, 1, id, 0, id.Length) == 0;

    // An unreadable entry counts as expired: no session would ever take it.
    private static bool IsExpired(string entry, DateTimeOffset now) => Field(entry, 2) <= now.ToUnixTimeSeconds();

    private static long Field(string entry, int number)
    {
        var fields = entry.Split(' ', 4);
        return fields.Length == 4 && long.TryParse(fields[number], CultureInfo.InvariantCulture, out var value) ? value : long.MinValue;
    }
}
