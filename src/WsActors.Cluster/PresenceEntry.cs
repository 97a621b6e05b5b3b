namespace WsActors.Cluster;

/// <summary>One member of one topic, as nodes tell each other. Only the node that it is on writes it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Connection">The connection's path, with the address of its node.</param>
/// <param name="Node">That node, and which incarnation of it.</param>
/// <param name="User">Who it is; null for nobody in particular.</param>
/// <param name="Shows">What it shows of itself.</param>
internal sealed record PresenceEntry(string Topic, string Connection, string Node, string? User, IReadOnlyDictionary<string, string> Shows) : Presence.IMessage
{
    /// <summary>Of all entries, only this one has it.</summary>
    public string Key => $"{Connection}\n{Topic}";

    public bool ShowsTheSame(PresenceEntry other) => ReferenceEquals(Shows, other.Shows)
        || (Shows.Count == other.Shows.Count && Shows.All(pair => other.Shows.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
