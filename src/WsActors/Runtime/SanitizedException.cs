namespace WsActors.Runtime;

/// <summary>
/// An exception fit for a log: its type, its stack, and its message escaped by <see cref="LogSanitizer"/>, since it may quote a peer.
/// </summary>
internal sealed class SanitizedException : Exception
{
    /// <summary>Most inner exceptions that are shown.</summary>
    private const int MaxDepth = 8;

    private readonly string _type;

    private readonly string? _stack;

    public SanitizedException(Exception shown)
        : this(shown, MaxDepth)
    {
    }

    private SanitizedException(Exception shown, int depth)
        : base(
            LogSanitizer.Escaped(MessageOf(shown)),
            shown.InnerException is { } inner && depth > 0 ? new SanitizedException(inner, depth - 1) : null) =>
        (_type, _stack) = (shown.GetType().ToString(), shown.StackTrace);

    public override string? StackTrace => _stack;

    /// <summary>Type and message, on one line.</summary>
    public string Line => $"{_type}: {Message}";

    public override string ToString() => string.Join(
        Environment.NewLine,
        new[] { Line, InnerException is { } inner ? $" ---> {inner}" : null, _stack }.Where(static part => part is not null));

    // The Message of a user's exception is user code.
    private static string MessageOf(Exception shown)
    {
        try
        {
            return shown.Message;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return "(no message)";
        }
    }
}
