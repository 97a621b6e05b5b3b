namespace WsActors.Sessions;

/// <summary>
/// The last sequence of each publisher at a session: a repeated message is logged once, and a lost one is requested again.
/// Pure; owned by one session.
/// </summary>
/// <param name="max">Most publishers.</param>
/// <param name="known">The sequences that were handed over.</param>
internal sealed class PublisherSequences(int max, IReadOnlyCollection<KeyValuePair<string, long>> known)
{
    /// <summary>The last sequence of each; null until there is one.</summary>
    private Dictionary<string, long>? _last = known.Count == 0 ? null : new Dictionary<string, long>(known, StringComparer.Ordinal);

    /// <summary>The sequences to hand over.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> All => _last ?? [];

    /// <summary>The next sequence of a publisher: 1 for an unknown one.</summary>
    public long NextOf(string publisher) => (_last?.GetValueOrDefault(publisher) ?? 0) + 1;

    /// <summary>Whether a publisher is known, or there is room for a new one.</summary>
    public bool HasRoomFor(string publisher) => _last is null || _last.Count < max || _last.ContainsKey(publisher);

    public void Set(string publisher, long sequence) =>
        (_last ??= new Dictionary<string, long>(StringComparer.Ordinal))[publisher] = sequence;
}
