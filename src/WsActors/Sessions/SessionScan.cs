using WsActors.Messages;

namespace WsActors.Sessions;

/// <summary>A sorted page of a node's sessions. Any thread.</summary>
internal static class SessionScan
{
    /// <param name="sessions">The sessions.</param>
    /// <param name="list">The list.</param>
    public static LocalSessions Run(IEnumerable<SessionView> sessions, Ws.ListSessions list)
    {
        var order = SortOrder.Of(list);
        var after = list.After is null ? null : SortCursor.Parse(list.After);
        var search = list.Search is null ? null : new SearchText(list.Search);
        var page = new SortedPage<SessionView>(order, list.PageSize);
        foreach (var session in sessions)
        {
            if ((list.User is null || list.User == session.User)
                && (search is null || search.IsIn(session.Id) || search.IsIn(session.User) || search.IsIn(session.Route))
                && KeyOf(session, list.OrderBy) is var key
                && (after is null || order.Compare(key, after.Key) > 0))
            {
                page.Add(key, 0, session);
            }
        }

        return new LocalSessions([.. page.Take().Select(static one => one.Entry.ToInfo())], page.HasMore);
    }

    private static SortKey KeyOf(SessionView session, Ws.SessionOrder orderBy) => SortKey.Of(
        orderBy switch
        {
            Ws.SessionOrder.DetachedAt => session.DetachedAt?.UtcTicks ?? long.MaxValue,
            Ws.SessionOrder.UnacknowledgedMessages => session.Messages,
            Ws.SessionOrder.UnacknowledgedBytes => session.Bytes,
            _ => 0,
        },
        session.Id);
}
