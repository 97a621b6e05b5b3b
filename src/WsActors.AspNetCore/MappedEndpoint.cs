using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsActors.Hosted;
using WsActors.Hosting;
using WsActors.Routing;

namespace WsActors.AspNetCore;

/// <summary>
/// The endpoint of an app: all its WebSocket routes. It is created once the app has started, or by the first request. One for each app; any
/// thread.
/// </summary>
internal sealed class MappedEndpoint
{
    private static readonly ConditionalWeakTable<IServiceScopeFactory, MappedEndpoint> All = [];

    private static readonly OriginAdvice OriginAdvice = new(
        "allow it by a CORS policy of the route, .RequireCors(policy => policy.WithOrigins(…)), or list it in ws-actors.origin.allowed",
        "call UseForwardedHeaders");

    private readonly IServiceProvider _services;

    private readonly ILogger _log;

    private readonly Lazy<Task<HostedEndpoint>> _endpoint;

    /// <summary>The first route of each template.</summary>
    private readonly ConcurrentDictionary<string, MappedRoute> _firstRoutes = new();

    private MappedEndpoint(IServiceProvider services)
    {
        _services = services;
        _log = services.GetRequiredService<ILoggerFactory>().CreateLogger("WsActors.AspNetCore");
        _endpoint = new Lazy<Task<HostedEndpoint>>(StartAsync);
        HostedRoutes.Of(services).Expect();
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(() => _ = _endpoint.Value);
        Stopping = lifetime.ApplicationStopping;
        Stopping.Register(Drain);
        RunsCompletions = services.GetService<IOptions<SocketTransportOptions>>()?.Value.UnsafePreferInlineScheduling ?? false;
    }

    /// <summary>Cancelled when the app stops.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Whether Kestrel's sockets run completions on the threads that read.</summary>
    public bool RunsCompletions { get; }

    public static MappedEndpoint Of(IServiceProvider services) =>
        All.GetValue(services.GetRequiredService<IServiceScopeFactory>(), _ => new MappedEndpoint(services));

    /// <summary>Serves a request, until its WebSocket has ended.</summary>
    public Task HandleAsync(HttpContext context) => _endpoint.Value is { IsCompletedSuccessfully: true } started
        ? new RequestUpgrade(context, started.Result, this).RunAsync()
        : HandleOnceStartedAsync(context);

    private async Task HandleOnceStartedAsync(HttpContext context)
    {
        HostedEndpoint endpoint;
        try
        {
            endpoint = await _endpoint.Value.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It was logged when the app started.
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        await new RequestUpgrade(context, endpoint, this).RunAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Places a second route of a template behind the first. Else each request for it fails in ASP.NET Core's routing, and the one line in
    /// the log would not be the only one.
    /// </summary>
    public void MakeUnambiguous(RouteEndpointBuilder endpoint, MappedRoute route)
    {
        if (_firstRoutes.GetOrAdd(TemplateOf(endpoint.RoutePattern), route) != route)
        {
            endpoint.Order = int.MaxValue;
        }
    }

    private async Task<HostedEndpoint> StartAsync()
    {
        try
        {
            var system = _services.GetService<ActorSystem>()
                ?? throw new InvalidOperationException(
                    "The app has no actor system: call builder.Services.AddAkka(\"app\", akka => akka.WithWebSockets()).");
            ServerShutdown.AddTo(system, _services);
            var routes = RouteTable.EmptyForHost;
            foreach (var endpoint in _services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
            {
                if (endpoint.Metadata.GetMetadata<MappedRoute>() is { } route)
                {
                    routes = route.Add(routes, system, TemplateOf(endpoint));
                }
            }

            var hosted = await HostedRoutes.Of(_services).HostAsync(system, Name, routes, OriginAdvice).ConfigureAwait(false);
            ShutdownTime.Check(_services, system, _log);
            return hosted;
        }
        catch (Exception e)
        {
            _log.LogCritical("No WebSocket is served, and each request for one gets 500. {Reason}", e.Message);
            throw;
        }
    }

    /// <summary>The template of a route, as metrics and logs name it: the whole pattern, groups included.</summary>
    public static string TemplateOf(RouteEndpoint endpoint) => TemplateOf(endpoint.RoutePattern);

    private static string TemplateOf(RoutePattern pattern) => "/" + pattern.RawText?.TrimStart('/');

    private string Name =>
        _services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "aspnetcore";

    /// <summary>
    /// Kestrel stops before the actor system does, and would reset the connections at the end of the host's shutdown timeout: the drain
    /// starts before it. In Development it takes no time.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "A failure of the drain must not keep the app from stopping.")]
    private void Drain()
    {
        try
        {
            if (_endpoint is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                ShutdownTime.Drain(_services);
            }
        }
        catch (Exception e)
        {
            _log.LogWarning(e, "The WebSockets are not drained");
        }
    }
}
