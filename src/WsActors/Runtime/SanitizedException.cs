namespace WsActors.Runtime;

/// <summary>
/// An exception as a log may show it: its type and its stack, and its message, which may quote a peer, as <see cref="LogSanitizer"/>
/// writes it.
/// </summary>
internal sealed class SanitizedException : Exception
{
    /// <summary>Most causes of causes that are shown.</summary>
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

    // The message of an exception of the user's is code of the user's.
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
