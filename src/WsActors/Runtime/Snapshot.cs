using System.Buffers;

namespace WsActors.Runtime;

/// <summary>A copy of a collection for another thread, in a rented array. Disposed once by its reader; not used afterwards.</summary>
internal sealed class Snapshot<T> : IDisposable
    where T : class?
{
    private readonly T[] _entries;

    private readonly int _count;

    /// <param name="entries">The collection, of the current thread.</param>
    public Snapshot(ICollection<T> entries)
    {
        _count = entries.Count;
        _entries = ArrayPool<T>.Shared.Rent(_count);
        entries.CopyTo(_entries, 0);
    }

    public ReadOnlySpan<T> Entries => _entries.AsSpan(0, _count);

    public void Dispose()
    {
        Array.Clear(_entries, 0, _count);
        ArrayPool<T>.Shared.Return(_entries);
    }
}
