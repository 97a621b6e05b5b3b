namespace WsActors.Messages;

/// <summary>The order of a sorted page. Immutable.</summary>
/// <param name="IsDescending">
/// Whether the greatest come first. Texts beside numbers stay ascending: they only separate equal numbers.
/// </param>
/// <param name="IsByText">Whether the order is by text.</param>
internal readonly record struct SortOrder(bool IsDescending, bool IsByText)
{
    /// <summary>Negative when one comes before another.</summary>
    public int Compare(SortKey one, SortKey other)
    {
        var values = one.Value.CompareTo(other.Value);
        return values != 0
            ? (IsDescending ? -values : values)
            : string.CompareOrdinal(one.Text, other.Text) is var texts && IsDescending && IsByText ? -texts : texts;
    }

    public static SortOrder Of(Ws.ListClusterConnections list) => new(
        list.IsDescending, list.OrderBy is Ws.ConnectionOrder.User or Ws.ConnectionOrder.Route);

    public static SortOrder Of(Ws.ListTopics list) => new(list.IsDescending, list.OrderBy == Ws.TopicOrder.Name);

    public static SortOrder Of(Ws.ListSessions list) => new(list.IsDescending, list.OrderBy == Ws.SessionOrder.SessionId);
}
