namespace WsActors.Routing;

/// <summary>A guard or a delegate of a route threw, or returned an invalid result.</summary>
/// <param name="subject">The name of the code, such as <c>the guard</c>.</param>
/// <param name="predicate">Cause and cure of an invalid result; null with an exception.</param>
/// <param name="cause">The exception; null with an invalid result.</param>
internal sealed class RouteCodeException(string subject, string? predicate, Exception? cause = null) : Exception(predicate, cause)
{
    public string Subject { get; } = subject;

    public string? Predicate { get; } = predicate;
}
