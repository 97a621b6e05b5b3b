using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Hosted;
using WsActors.Routing;

namespace WsActors.Hosting;

/// <summary>
/// The routes that a web framework of the host serves, such as ASP.NET Core, with the options of <c>WithWebSockets</c>. One for each
/// service container; any thread.
/// </summary>
public sealed class HostedRoutes
{
    private static readonly ConditionalWeakTable<IServiceScopeFactory, HostedRoutes> All = [];

    private volatile bool _isExpected;

    /// <summary>The changes to the options; null before <c>WithWebSockets</c> has run.</summary>
    private volatile Func<EndpointOptions, EndpointOptions>? _configure;

    /// <summary>The one of a container.</summary>
    public static HostedRoutes Of(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return All.GetOrCreateValue(services.GetRequiredService<IServiceScopeFactory>());
    }

    internal static HostedRoutes Of(ActorSystem system) =>
        All.GetOrCreateValue((IServiceScopeFactory)DependencyResolver.For(system).Resolver.GetService<IServiceScopeFactory>());

    /// <summary>The web framework will serve routes: <c>WithWebSockets</c> then needs no endpoint of its own.</summary>
    public void Expect() => _isExpected = true;

    /// <summary>Creates the endpoint, once the actor system has started.</summary>
    /// <param name="system">The actor system of <c>AddAkka</c>.</param>
    /// <param name="name">The name for logs, statistics and metrics, such as the server's address.</param>
    /// <param name="routes">The routes, from <see cref="RouteTable.EmptyForHost"/>.</param>
    /// <param name="advice">The cures that a refusal for its origin names.</param>
    /// <exception cref="InvalidOperationException"><c>WithWebSockets</c> was not called.</exception>
    /// <exception cref="BindFailedException">An option is not usable; the message names the cause and the cure.</exception>
    public Task<HostedEndpoint> HostAsync(ActorSystem system, string name, RouteTable routes, OriginAdvice advice) =>
        _configure is { } configure
            ? system.WebSockets().HostAsync(name, routes, configure, advice)
            : throw new InvalidOperationException(
                "The actor system has no WebSockets: call WithWebSockets() in AddAkka, such as "
                + "AddAkka(\"app\", akka => akka.WithWebSockets()).");

    /// <summary>Adds the changes to the options of a <c>WithWebSockets</c>.</summary>
    /// <returns>Whether the web framework will serve routes.</returns>
    internal bool Configure(Func<EndpointOptions, EndpointOptions> configure)
    {
        var before = _configure;
        _configure = before is null ? configure : options => configure(before(options));
        return _isExpected;
    }
}
