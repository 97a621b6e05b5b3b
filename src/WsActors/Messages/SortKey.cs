namespace WsActors.Messages;

/// <summary>The value by which an entry of a sorted page is ordered: numbers first, then text by the values of its characters. Immutable.</summary>
/// <param name="Value">The number; 0 where the order is by text.</param>
/// <param name="Text">The text; empty where the order is by number alone.</param>
internal readonly record struct SortKey(UInt128 Value, string Text)
{
    /// <summary>Compares two keys.</summary>
    /// <param name="other">The other key.</param>
    /// <param name="isDescending">Whether the greatest come first. Texts beside numbers stay ascending: they only separate equal numbers.</param>
    /// <param name="isByText">Whether the order is by text.</param>
    public int CompareTo(SortKey other, bool isDescending, bool isByText)
    {
        var values = Value.CompareTo(other.Value);
        var texts = values == 0 ? string.CompareOrdinal(Text, other.Text) : 0;
        return isDescending ? -values + (isByText ? -texts : texts) : values + texts;
    }
}
