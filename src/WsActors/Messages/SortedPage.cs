namespace WsActors.Messages;

/// <summary>
/// Chooses the first entries of a page among any number, in memory for one page: a bounded heap, whose root is the last entry. Pure; used
/// by one thread.
/// </summary>
/// <param name="order">The order.</param>
/// <param name="size">The most entries of the page.</param>
internal sealed class SortedPage<T>(SortOrder order, int size)
{
    private readonly Comparison<(SortKey Key, long Number)> _compare = (one, other) =>
        order.Compare(one.Key, other.Key) is var keys and not 0 ? keys : one.Number.CompareTo(other.Number);

    private PriorityQueue<T, (SortKey Key, long Number)>? _heap;

    /// <summary>Whether an entry had no room: there is a further page.</summary>
    public bool HasMore { get; private set; }

    private PriorityQueue<T, (SortKey Key, long Number)> Heap =>
        _heap ??= new(Comparer<(SortKey Key, long Number)>.Create((one, other) => _compare(other, one)));

    /// <param name="key">The key.</param>
    /// <param name="number">The place among entries with the same key, ascending.</param>
    /// <param name="entry">The entry.</param>
    public void Add(SortKey key, long number, T entry)
    {
        if (Heap.Count < size)
        {
            Heap.Enqueue(entry, (key, number));
            return;
        }

        HasMore = true;
        if (Heap.TryPeek(out _, out var last) && _compare((key, number), last) < 0)
        {
            Heap.EnqueueDequeue(entry, (key, number));
        }
    }

    /// <summary>Takes the entries, in order. The page is empty then.</summary>
    public IReadOnlyList<(SortKey Key, T Entry)> Take()
    {
        var entries = new (SortKey, T)[Heap.Count];
        for (var i = entries.Length; --i >= 0;)
        {
            Heap.TryDequeue(out var entry, out var place);
            entries[i] = (place.Key, entry!); // not null: the queue has as many entries
        }

        return entries;
    }
}
