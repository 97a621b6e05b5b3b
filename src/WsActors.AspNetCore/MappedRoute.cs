using Akka.Actor;
using WsActors.Routing;

namespace WsActors.AspNetCore;

/// <summary>Adds a route to a table.</summary>
internal delegate RouteTable AddRoute(RouteTable routes, ActorSystem system, string template);

/// <summary>Marks an endpoint of the app as one of ours.</summary>
/// <param name="add">Adds its route, by the endpoint's whole pattern.</param>
internal sealed class MappedRoute(AddRoute add)
{
    public AddRoute Add => add;
}
