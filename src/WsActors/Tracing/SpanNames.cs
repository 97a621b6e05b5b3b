namespace WsActors.Tracing;

/// <summary>The names of the spans of a route, made once. Immutable.</summary>
/// <param name="route">The route's template, or a client's name; null without one.</param>
internal sealed class SpanNames(string? route)
{
    public string? Route => route;

    public string Receive { get; } = Of("receive", route);

    public string Send { get; } = Of("send", route);

    private static string Of(string operation, string? route) => route is null ? operation : $"{operation} {route}";
}
