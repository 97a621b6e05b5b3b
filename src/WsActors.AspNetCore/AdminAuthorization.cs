using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Protocol.Handshake;

namespace WsActors.AspNetCore;

/// <summary>
/// Whether the app authorizes the requests of an admin page. The metadata of its endpoints is complete once the app has started. One for
/// each page; any thread.
/// </summary>
internal sealed class AdminAuthorization
{
    /// <summary>
    /// An item of each request that <c>UseAuthorization</c> has seen with its endpoint. ASP.NET Core's routing checks it, too, but only for
    /// <c>[Authorize]</c>: an app without <c>UseAuthorization</c> would leave a page of the fallback policy open to all.
    /// </summary>
    private const string HasAuthorized = "__AuthorizationMiddlewareWithEndpointInvoked";

    private const string NoAuthorization =
        "MapWebSocketAdmin has no authorization: call RequireAuthorization(…), or AllowAnonymous() if all may use it.";

    private const string NoMiddleware =
        "The app's authorization has not seen the request: call UseAuthorization() after UseRouting() and before the endpoints.";

    private readonly IServiceProvider _services;

    private readonly Lazy<Task<bool>> _isAuthorized;

    public AdminAuthorization(IServiceProvider services)
    {
        _services = services;
        _isAuthorized = new Lazy<Task<bool>>(FindWhetherAuthorizedAsync);
    }

    /// <summary>Serves a request, or answers 403.</summary>
    /// <param name="context">The request.</param>
    /// <param name="serve">Serves it.</param>
    public async Task ServeAsync(HttpContext context, RequestDelegate serve)
    {
        if (await WhyRefusedAsync(context).ConfigureAwait(false) is { } reason)
        {
            await AdminFile.WriteAsync(context, PlainResponse.Text(403, reason + "\n")).ConfigureAwait(false);
        }
        else
        {
            await serve(context).ConfigureAwait(false);
        }
    }

    /// <summary>Logs once, at the start of the app, that the page is refused or open to all.</summary>
    /// <param name="pattern">The page's path.</param>
    public void ReportAtStart(string pattern) =>
        _services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => _ = ReportAsync(pattern));

    private async Task ReportAsync(string pattern)
    {
        if (await _isAuthorized.Value.ConfigureAwait(false))
        {
            return;
        }

        var log = _services.GetRequiredService<ILoggerFactory>().CreateLogger("WsActors.AspNetCore");
        if (IsOpenToAll)
        {
            log.LogWarning(
                "The admin page at {Pattern} is open to all who reach the app, since nothing authorizes its requests", pattern);
        }
        else
        {
            log.LogError("The admin page at {Pattern} answers 403. {Reason}", pattern, NoAuthorization);
        }
    }

    /// <returns>One sentence; null when the request is served.</returns>
    private async Task<string?> WhyRefusedAsync(HttpContext context)
    {
        if (await _isAuthorized.Value.ConfigureAwait(false))
        {
            return context.Items.ContainsKey(HasAuthorized) ? null : NoMiddleware;
        }

        return IsOpenToAll ? null : NoAuthorization;
    }

    private bool IsOpenToAll => IsOpenOnPurpose || _services.GetRequiredService<IHostEnvironment>().IsDevelopment();

    private bool IsOpenOnPurpose => Endpoints.All(static endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

    private async Task<bool> FindWhetherAuthorizedAsync()
    {
        if (IsOpenOnPurpose)
        {
            return false;
        }

        await using var scope = _services.CreateAsyncScope();
        var policies = scope.ServiceProvider.GetService<IAuthorizationPolicyProvider>();
        return (policies is not null && await policies.GetFallbackPolicyAsync().ConfigureAwait(false) is not null)
            || Endpoints.All(static endpoint =>
                endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
                || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null);
    }

    private IEnumerable<RouteEndpoint> Endpoints => _services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetOrderedMetadata<AdminAuthorization>().Contains(this));
}
