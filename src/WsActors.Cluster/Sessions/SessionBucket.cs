using System.Globalization;
using Akka.Cluster;
using Akka.DistributedData;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// A share of all sessions that are on their way from one node to another. Each entry is a text, as in presence: sets of texts have the same bytes
/// on all nodes, and what is taken out of them leaves nothing behind. A change is told whole, and not as a delta: by that of a removal a node takes all else
/// that the other knew for removed, too, when it has not heard of it yet. Pure.
/// </summary>
internal static class SessionBucket
{
    /// <summary>The number of buckets. It never changes: nodes of two versions must agree.</summary>
    public const int Count = 256;

    /// <summary>
    /// Most buckets that nodes tell each other in one message: so many of the largest fit into the least remote frame, see <see cref="RemoteFrameSize"/>.
    /// </summary>
    public const int PerMessage = 4;

    /// <summary>Most characters of a bucket. A session that does not fit is lost, rather than all of its bucket.</summary>
    public const int MaxLength = 3 * 1024 * 1024;

    /// <summary>The first character of an entry in this format.</summary>
    private const char Version = '1';

    /// <summary>Replaces a state that was taken.</summary>
    private const string Taken = "-";

    public static ORSetKey<string> KeyOf(string id) => KeyOf(PresenceBucket.HashOf(id, Count));

    public static ORSetKey<string> KeyOf(int number) => new($"ws-actors-sessions-{number}");

    /// <param name="id">The session's.</param>
    /// <param name="moves">How often it has moved by now: of two states, the one with more is the later.</param>
    /// <param name="expires">When it need not be kept any more.</param>
    /// <param name="state">The state.</param>
    public static string Entry(string id, int moves, DateTimeOffset expires, byte[] state) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Version}{id} {moves} {expires.ToUnixTimeSeconds()} {Convert.ToBase64String(state)}");

    /// <summary>Puts an entry in place of all that there are of its session.</summary>
    /// <exception cref="InvalidOperationException">It does not fit.</exception>
    public static Entries Put(Entries entries, UniqueAddress node, string id, string entry)
    {
        var others = Remove(entries, node, id);
        return others.Elements.Sum(static other => (long)other.Length) + entry.Length <= MaxLength
            ? others.Add(node, entry).ResetDelta()
            : throw new InvalidOperationException("There is no room for a session that moves.");
    }

    /// <summary>
    /// Notes that the state of a session is taken, until it would have expired. That it is gone would not be enough: of two sets Akka.NET (1.5) may bring back
    /// what one of them has removed, depending on the nodes' addresses, since it compares their histories in no order.
    /// </summary>
    public static Entries Take(Entries entries, UniqueAddress node, string id) => Latest(entries, id) is { } latest
        ? Remove(entries, node, id).Add(node, latest[..(latest.LastIndexOf(' ') + 1)] + Taken).ResetDelta()
        : entries;

    public static Entries Remove(Entries entries, UniqueAddress node, string id) => Remove(entries, node, entry => IsOf(entry, id));

    public static Entries RemoveExpired(Entries entries, UniqueAddress node, DateTimeOffset now) => Remove(entries, node, entry => IsExpired(entry, now));

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

    /// <summary>The sessions whose state nobody has taken.</summary>
    public static IEnumerable<string> Waiting(Entries entries) => entries.Elements
        .Where(static entry => entry.StartsWith(Version) && entry.Contains(' ') && !IsTaken(entry))
        .Select(static entry => entry[1..entry.IndexOf(' ')])
        .Distinct()
        .Where(id => !IsTaken(Latest(entries, id)!));

    private static string? Latest(Entries entries, string id) =>
        entries.Elements.Where(entry => IsOf(entry, id)).MaxBy(static entry => (Field(entry, 1), IsTaken(entry)));

    private static bool IsTaken(string entry) => entry.EndsWith($" {Taken}", StringComparison.Ordinal);

    private static Entries Remove(Entries entries, UniqueAddress node, Func<string, bool> isMeant) =>
        entries.Elements.Where(isMeant).Aggregate(entries, (all, entry) => all.Remove(node, entry)).ResetDelta();

    private static bool IsOf(string entry, string id) =>
        entry.Length > id.Length + 1 && entry[0] == Version && entry[id.Length + 1] == ' ' && string.CompareOrdinal(entry, 1, id, 0, id.Length) == 0;

    // Whatever cannot be read has expired: nobody would ever take it.
    private static bool IsExpired(string entry, DateTimeOffset now) => Field(entry, 2) <= now.ToUnixTimeSeconds();

    private static long Field(string entry, int number)
    {
        var fields = entry.Split(' ', 4);
        return fields.Length == 4 && long.TryParse(fields[number], CultureInfo.InvariantCulture, out var value) ? value : long.MinValue;
    }
}
