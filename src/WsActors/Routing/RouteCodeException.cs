namespace WsActors.Routing;

/// <summary>A guard or a delegate of a route failed, or gave what it may not.</summary>
/// <param name="who">Such as <c>the guard</c>.</param>
/// <param name="what">Cause and cure; null for what the cause says.</param>
/// <param name="cause">What it threw; null for nothing.</param>
internal sealed class RouteCodeException(string who, string? what, Exception? cause = null) : Exception(what, cause)
{
    public string Who { get; } = who;

    public string? What { get; } = what;
}
