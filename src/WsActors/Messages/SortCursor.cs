using System.Globalization;

namespace WsActors.Messages;

/// <summary>
/// The end of a sorted page: the next one continues behind it. Stays valid when entries and nodes come and go. Immutable.
/// </summary>
/// <param name="OrderBy">The name of the order.</param>
/// <param name="IsDescending">Whether the greatest values come first.</param>
/// <param name="Key">The key of the last entry.</param>
/// <param name="Place">The last entry among those with the same key; null where keys are unique.</param>
internal sealed record SortCursor(string OrderBy, bool IsDescending, SortKey Key, ClusterCursor? Place)
{
    private const char Separator = ':';

    private const char Ascends = '+';

    private const char Descends = '-';

    /// <returns>Null for a text that is no cursor.</returns>
    public static SortCursor? Parse(string text) =>
        text.Split(Separator, 4) is [[.. var order, (Ascends or Descends) and var direction], var value, var escaped, var rest]
        && UInt128.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && (rest.Length == 0 ? null : ClusterCursor.Parse(rest)) is var place
        && (place is null) == (rest.Length == 0)
            ? new SortCursor(order, direction == Descends, new SortKey(number, Uri.UnescapeDataString(escaped)), place)
            : null;

    /// <summary>Whether a <c>Next</c> continues a page of this order.</summary>
    public static bool Fits(string? after, Enum orderBy, bool isDescending) =>
        after is null || (Parse(after) is { } cursor && cursor.OrderBy == orderBy.ToString() && cursor.IsDescending == isDescending);

    /// <summary>The text that callers pass on.</summary>
    public override string ToString()
    {
        var (direction, text) = (IsDescending ? Descends : Ascends, Uri.EscapeDataString(Key.Text));
        return string.Create(
            CultureInfo.InvariantCulture, $"{OrderBy}{direction}{Separator}{Key.Value}{Separator}{text}{Separator}{Place}");
    }
}
