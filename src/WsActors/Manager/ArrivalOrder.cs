using System.Runtime.InteropServices;
using WsActors.Runtime;

namespace WsActors.Manager;

/// <summary>
/// The connections in the order of their arrival, searchable by number: a list with holes where connections have ended. At most half of the
/// places are holes. It takes a third of the memory of a tree, or less. Owned by its <see cref="ConnectionRegistry"/>.
/// </summary>
internal sealed class ArrivalOrder
{
    private readonly List<ConnectionRegistry.Entry?> _places = [];

    private int _holes;

    /// <summary>The number of places, holes included.</summary>
    public int Places => _places.Count;

    /// <param name="entry">The entry with the greatest number.</param>
    public void Add(ConnectionRegistry.Entry entry)
    {
        entry.Place = _places.Count;
        _places.Add(entry);
    }

    public void Remove(ConnectionRegistry.Entry entry)
    {
        _places[entry.Place] = null;
        if (++_holes > _places.Count / 2)
        {
            Compact();
        }
    }

    public void Clear()
    {
        _places.Clear();
        _holes = 0;
    }

    /// <summary>The places, holes included, for another thread.</summary>
    public Snapshot<ConnectionRegistry.Entry?> ToSnapshot() => new(_places);

    /// <summary>The places, holes included. Invalid after the next change.</summary>
    public ReadOnlySpan<ConnectionRegistry.Entry?> AsSpan() => CollectionsMarshal.AsSpan(_places);

    /// <summary>The connections with greater numbers. None may be added or removed during the enumeration.</summary>
    public IEnumerable<ConnectionRegistry.Entry> After(long number)
    {
        for (var place = FirstAfter(number); place < _places.Count; place++)
        {
            if (_places[place] is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Removes the holes.</summary>
    private void Compact()
    {
        _places.RemoveAll(static entry => entry is null);
        _holes = 0;
        for (var place = 0; place < _places.Count; place++)
        {
            _places[place]!.Place = place; // not null: no hole is left
        }
    }

    /// <summary>The first place from which on all entries have greater numbers.</summary>
    private int FirstAfter(long number)
    {
        var (from, to) = (0, _places.Count);
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            var occupied = middle;
            while (occupied < to && _places[occupied] is null)
            {
                occupied++;
            }

            if (occupied < to && _places[occupied]!.Number <= number)
            {
                from = occupied + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from;
    }
}
