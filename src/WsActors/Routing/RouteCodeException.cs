namespace WsActors.Routing;

/// <summary>A guard or a delegate of a route threw, or returned an invalid result.</summary>
/// <param name="who">The name of the code, such as <c>the guard</c>.</param>
/// <param name="what">Cause and cure of an invalid result; null with an exception.</param>
/// <param name="cause">The exception; null with an invalid result.</param>
internal sealed class RouteCodeException(string who, string? what, Exception? cause = null) : Exception(what, cause)
{
    public string Who { get; } = who;

    public string? What { get; } = what;
}
