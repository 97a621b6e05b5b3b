namespace WsActors.Dispatch;

/// <summary>The runs of mailboxes on the thread that handles an event of a socket, where none may block.</summary>
internal static class InlineRuns
{
    /// <summary>Whether this thread makes such runs now.</summary>
    [field: ThreadStatic]
    public static bool AreHere { get; set; }
}
