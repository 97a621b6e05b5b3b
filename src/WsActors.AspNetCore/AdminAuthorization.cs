using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsActors.Routing;

namespace WsActors.AspNetCore;

/// <summary>
/// Whether the app authorizes the requests of an admin page. The metadata of its endpoints is complete once the app has started. One for
/// each page; any thread.
/// </summary>
internal sealed class AdminAuthorization
{
    private readonly IServiceProvider _services;

    private readonly Lazy<string?> _whyRefused;

    public AdminAuthorization(IServiceProvider services)
    {
        _services = services;
        _whyRefused = new Lazy<string?>(FindWhyRefused);
    }

    /// <summary>Why all requests are refused, as one sentence; null when they are not.</summary>
    public string? WhyRefused => _whyRefused.Value;

    /// <summary>Decides on an upgrade.</summary>
    public GuardDecision Decide() => WhyRefused is { } reason ? GuardDecision.Reject(403, reason) : GuardDecision.Accept();

    /// <summary>Logs once, at the start of the app, that the page is refused or open to all.</summary>
    /// <param name="pattern">The page's path.</param>
    public void ReportAtStart(string pattern)
    {
        var log = _services.GetRequiredService<ILoggerFactory>().CreateLogger("WsActors.AspNetCore");
        _services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() =>
        {
            if (WhyRefused is { } reason)
            {
                log.LogError("The admin page at {Pattern} answers 403. {Reason}", pattern, reason);
            }
            else if (!IsAuthorized())
            {
                log.LogWarning(
                    "The admin page at {Pattern} is open to all who reach the app, since nothing authorizes its requests", pattern);
            }
        });
    }

    private string? FindWhyRefused() =>
        IsAuthorized() || IsOpenOnPurpose() || _services.GetRequiredService<IHostEnvironment>().IsDevelopment()
            ? null
            : "MapWebSocketAdmin has no authorization: call RequireAuthorization(…), or AllowAnonymous() if all may use it.";

    private bool IsAuthorized()
    {
        var fallback = _services.GetService<IOptions<AuthorizationOptions>>()?.Value.FallbackPolicy;
        return !IsOpenOnPurpose() && Endpoints().All(endpoint =>
            fallback is not null
            || endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
            || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null);
    }

    private bool IsOpenOnPurpose() => Endpoints().All(static endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

    private IEnumerable<RouteEndpoint> Endpoints() => _services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetOrderedMetadata<AdminAuthorization>().Contains(this));
}
