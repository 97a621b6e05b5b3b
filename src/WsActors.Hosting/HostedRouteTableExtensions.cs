using Akka.Actor;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Routing;

namespace WsActors.Hosting;

/// <summary>Routes whose handlers come from the services and the actors of a host.</summary>
public static class HostedRouteTableExtensions
{
    /// <summary>
    /// Serves a path with one new handler actor for each connection. Its constructor gets services and, if it has a parameter of that type,
    /// the <see cref="UpgradeRequest"/>. The services come from a scope of the handler's own, which is disposed after its <c>PostStop</c>;
    /// a restarted handler gets a new scope.
    /// </summary>
    /// <param name="routes">The routes so far.</param>
    /// <param name="system">The actor system of the host.</param>
    /// <param name="template">The path with parameters, such as <c>/chat/{room}</c>.</param>
    /// <param name="options">Subprotocols, guard and more.</param>
    /// <exception cref="ConfigurationException">
    /// No constructor of the handler can be called: the message names a missing service.
    /// </exception>
    public static RouteTable Map<THandler>(
        this RouteTable routes, ActorSystem system, string template, WebSocketRouteOptions? options = null)
        where THandler : ActorBase
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(system);
        CheckServices<THandler>(system, template);
        var scopes = HandlerScopes.Of(system);
        var takesRequest = typeof(THandler).GetConstructors()
            .SelectMany(static constructor => constructor.GetParameters())
            .Any(static parameter => parameter.ParameterType == typeof(UpgradeRequest));
        return takesRequest
            ? routes.Map(template, request => scopes.PropsFor<THandler>(request), options)
            : routes.Map(template, scopes.PropsFor<THandler>(), options);
    }

    /// <summary>Serves a path with one actor for all connections: the actor that <c>WithActors</c> registered.</summary>
    /// <typeparam name="TKey">The key of the actor in the <c>ActorRegistry</c>.</typeparam>
    /// <inheritdoc cref="Map{THandler}" path="/param"/>
    /// <exception cref="ConfigurationException">No such actor is registered.</exception>
    public static RouteTable MapShared<TKey>(
        this RouteTable routes, ActorSystem system, string template, WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return ActorRegistry.For(system).TryGet<TKey>(out var handler)
            ? routes.MapShared(template, handler, options)
            : throw new ConfigurationException(
                $"Route '{template}' needs an actor registered as {typeof(TKey).Name}, which is missing: register it in WithActors, "
                + $"registry.Register<{typeof(TKey).Name}>(actor).");
    }

    private static void CheckServices<THandler>(ActorSystem system, string template)
    {
        if (DependencyResolver.For(system).Resolver.GetService<IServiceProviderIsService>() is not IServiceProviderIsService services)
        {
            return;
        }

        Type? missing = null;
        foreach (var constructor in typeof(THandler).GetConstructors())
        {
            missing = constructor.GetParameters()
                .FirstOrDefault(parameter => parameter.ParameterType != typeof(UpgradeRequest)
                    && !parameter.HasDefaultValue
                    && !parameter.IsDefined(typeof(FromKeyedServicesAttribute), inherit: false)
                    && !services.IsService(parameter.ParameterType))
                ?.ParameterType;
            if (missing is null)
            {
                return;
            }
        }

        throw new ConfigurationException(missing is null
            ? $"Route '{template}' has the handler {typeof(THandler).Name}, which has no public constructor: give it one."
            : $"Route '{template}' has the handler {typeof(THandler).Name}, whose constructor needs {missing.Name}, which is not a "
                + $"service: register it, such as services.AddScoped<{missing.Name}>().");
    }
}
