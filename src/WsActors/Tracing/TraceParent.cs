using System.Diagnostics;

namespace WsActors.Tracing;

/// <summary>
/// The headers <c>traceparent</c> and <c>tracestate</c> (W3C Trace Context). A peer writes them: what is malformed or too long is ignored.
/// </summary>
internal static class TraceParent
{
    public const string ParentHeader = "traceparent";

    public const string StateHeader = "tracestate";

    /// <summary>The length of version 00. Later versions may be longer, and are ignored.</summary>
    private const int Length = 55;

    /// <summary>The longest <c>tracestate</c>; a longer one is dropped, and the parent kept (W3C Trace Context §3.3.1.5).</summary>
    public const int MaxStateLength = 512;

    /// <summary>Reads the headers of a request.</summary>
    /// <param name="parents">The values of all lines of <c>traceparent</c>: more than one is no parent.</param>
    /// <param name="states">The values of all lines of <c>tracestate</c>, which are one list.</param>
    /// <returns>The default without a valid parent.</returns>
    public static ActivityContext Parse(IReadOnlyList<string> parents, IReadOnlyList<string> states) =>
        parents is [{ Length: Length } parent] && parent[2] == '-' && parent[35] == '-' && parent[52] == '-'
        && ActivityContext.TryParse(parent, StateOf(states), isRemote: true, out var context)
            ? context
            : default;

    /// <summary>The value of <c>traceparent</c> for a context.</summary>
    public static string Format(ActivityContext context) =>
        $"00-{context.TraceId}-{context.SpanId}-{(context.IsSampled() ? "01" : "00")}";

    /// <summary>A state within its bound that a header can carry; null for none.</summary>
    public static string? Bounded(string? state) =>
        state is { Length: > 0 and <= MaxStateLength } && !state.AsSpan().ContainsAnyExceptInRange(' ', '~') ? state : null;

    private static string? StateOf(IReadOnlyList<string> states) =>
        states.Sum(static state => state.Length + 1L) - 1 <= MaxStateLength ? Bounded(string.Join(',', states)) : null;
}
