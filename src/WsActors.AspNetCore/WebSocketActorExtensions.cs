using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WsActors;
using WsActors.AspNetCore;
using WsActors.Hosting;
using WsActors.Routing;

#pragma warning disable IDE0130 // The namespace of the other Map methods: an app needs no using.
namespace Microsoft.AspNetCore.Builder;
#pragma warning restore IDE0130

/// <summary>WebSockets of an ASP.NET Core app as actors, over HTTP/1.1 (RFC 6455) and HTTP/2 (RFC 8441).</summary>
public static class WebSocketActorExtensions
{
    /// <summary>
    /// Serves a path with one new handler actor for each connection. Its constructor gets services and, if it has a parameter of that type,
    /// the <see cref="UpgradeRequest"/>. The services come from a scope of the handler's own, which is disposed after its <c>PostStop</c>.
    /// <para>
    /// ASP.NET Core routes, authenticates and authorizes the request. WsActors then checks handshake and origin, the connection limits and
    /// the route's guard. A request for anything but a WebSocket gets 426.
    /// </para>
    /// </summary>
    /// <param name="endpoints">The app, or a group of routes.</param>
    /// <param name="pattern">The path with parameters, in ASP.NET Core's syntax.</param>
    /// <param name="options">Subprotocols, guard and more.</param>
    /// <returns>The endpoint, for <c>RequireAuthorization()</c>, <c>RequireCors()</c> and the like.</returns>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: a type argument, a delegate or Props.")]
    public static IEndpointConventionBuilder MapWebSocketActor<THandler>(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        WebSocketRouteOptions? options = null)
        where THandler : ActorBase =>
        Map(endpoints, pattern, (routes, system, template) => routes.Map<THandler>(system, template, options));

    /// <summary>Serves a path with one new handler actor for each connection.</summary>
    /// <inheritdoc cref="MapWebSocketActor{THandler}" path="/param"/>
    /// <inheritdoc cref="MapWebSocketActor{THandler}" path="/returns"/>
    /// <param name="endpoints"/><param name="pattern"/><param name="options"/>
    /// <param name="handler">Creates the handler's <c>Props</c>, as in <see cref="RouteTable"/>.</param>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: a type argument, a delegate or Props.")]
    public static IEndpointConventionBuilder MapWebSocketActor(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Func<UpgradeRequest, Props> handler,
        WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(endpoints, pattern, (routes, _, template) => routes.Map(template, handler, options));
    }

    /// <summary>Serves a path with one new handler actor for each connection, all from the same <c>Props</c>.</summary>
    /// <inheritdoc cref="MapWebSocketActor{THandler}" path="/param"/>
    /// <inheritdoc cref="MapWebSocketActor{THandler}" path="/returns"/>
    /// <param name="endpoints"/><param name="pattern"/><param name="options"/>
    /// <param name="handler">The handler's <c>Props</c>.</param>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: a type argument, a delegate or Props.")]
    public static IEndpointConventionBuilder MapWebSocketActor(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Props handler,
        WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(endpoints, pattern, (routes, _, template) => routes.Map(template, handler, options));
    }

    /// <summary>
    /// Serves a path with one actor for all connections: the actor that <c>WithActors</c> registered as <typeparamref name="TKey"/>. When
    /// the actor stops, the connections are closed with 1011.
    /// </summary>
    /// <inheritdoc cref="MapWebSocketActor{THandler}" path="/param"/>
    /// <inheritdoc cref="MapWebSocketActor{THandler}" path="/returns"/>
    public static IEndpointConventionBuilder MapSharedWebSocketActor<TKey>(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        WebSocketRouteOptions? options = null) =>
        Map(endpoints, pattern, (routes, system, template) => routes.MapShared<TKey>(system, template, options));

    internal static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, AddRoute add)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var endpoint = MappedEndpoint.Of(endpoints.ServiceProvider);
        var route = new MappedRoute(add);
        var builder = endpoints
            .MapMethods(pattern, [HttpMethods.Get, HttpMethods.Connect], (RequestDelegate)endpoint.HandleAsync)
            .WithMetadata(route)
            // A WebSocket client cannot log in at another page: cookie authentication answers 401 or 403.
            .DisableCookieRedirect()
            .WithDisplayName($"WebSocket {pattern}");
        builder.Finally(one => endpoint.MakeUnambiguous((RouteEndpointBuilder)one, route));
        return builder;
    }
}
