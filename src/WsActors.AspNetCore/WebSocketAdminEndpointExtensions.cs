using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WsActors.AspNetCore;
using WsActors.Hosting;

#pragma warning disable IDE0130 // The namespace of the other Map methods: an app needs no using.
namespace Microsoft.AspNetCore.Builder;
#pragma warning restore IDE0130

/// <summary>The admin page of WebSockets in an ASP.NET Core app.</summary>
public static class WebSocketAdminEndpointExtensions
{
    /// <summary>
    /// Serves a page with nodes, connections, topics and sessions of all nodes, and its WebSocket, below one path. The page can close
    /// connections and drain nodes; each action is logged with the app's user. The app's own policy guards it:
    /// <c>app.MapWebSocketAdmin("/admin").RequireAuthorization("ops")</c>. Outside of Development, a page without authorization answers
    /// 403, unless <c>AllowAnonymous()</c> says that it shall have none.
    /// </summary>
    /// <param name="endpoints">The app, or a group of routes.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>Page and WebSocket, for <c>RequireAuthorization()</c> and the like.</returns>
    /// <exception cref="Akka.Configuration.ConfigurationException">The token of the options is not usable.</exception>
    public static IEndpointConventionBuilder MapWebSocketAdmin(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, WebSocketAdminOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var page = WebSocketAdminPage.Create(options);
        var authorization = new AdminAuthorization(endpoints.ServiceProvider);
        var group = endpoints.MapGroup(pattern);
        foreach (var file in WebSocketAdminPage.Files.Keys)
        {
            group.MapMethods(
                "/" + file,
                [HttpMethods.Get, HttpMethods.Head],
                (RequestDelegate)new AdminFile(page, file).RespondAsync);
        }

        WebSocketActorExtensions.Map(
            group, "/" + WebSocketAdminPage.SocketName, (routes, _, template) => page.MapSocket(routes, template));
        var all = (IEndpointConventionBuilder)group;
        all.WithMetadata(authorization);
        all.Finally(one =>
        {
            if (one.RequestDelegate is { } serve)
            {
                one.RequestDelegate = context => authorization.ServeAsync(context, serve);
            }
        });
        authorization.ReportAtStart(pattern);
        return group;
    }
}
