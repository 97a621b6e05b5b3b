using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Hosting;

/// <summary>
/// Configures endpoints, routes and options. All endpoints of one <c>WithWebSockets</c> serve the same routes; a second call can serve
/// others. Used by one thread, while the host starts.
/// </summary>
public sealed class WebSocketsBuilder
{
    private readonly List<(string Endpoint, Func<EndpointOptions, EndpointOptions> Configure)> _endpoints = [];

    private readonly List<IConfiguration> _sections = [];

    /// <summary>The routes. They are added after all actors of <c>WithActors</c> have started.</summary>
    private readonly List<Func<RouteTable, ActorSystem, RouteTable>> _routes = [];

    /// <summary>The same routes without handlers. A wrong template throws here, at the call, and not when the host starts.</summary>
    private RouteTable _draft = RouteTable.Empty;

    private Func<EndpointOptions, EndpointOptions> _configure = static options => options;

    internal WebSocketsBuilder()
    {
    }

    /// <summary>Adds an endpoint; may be called several times.</summary>
    /// <param name="endpoint">
    /// <c>ws://host:port</c>: the host is an address, <c>localhost</c> or <c>*</c>; port 0 selects a free port. With the transport
    /// <c>sockets</c> also <c>wss://host:port</c>, with TLS, and <c>ws+unix:///path.sock</c>.
    /// </param>
    /// <param name="configure">Changes to the options of this endpoint only. They take precedence over all other settings.</param>
    public WebSocketsBuilder Listen(string endpoint, Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoints.Add((endpoint, configure ?? (static options => options)));
        return this;
    }

    /// <summary>
    /// Serves a path with one new handler actor for each connection. Its constructor gets services and, if it has a parameter of that type,
    /// the <see cref="UpgradeRequest"/>. The services come from a scope of the handler's own, which is disposed after its <c>PostStop</c>;
    /// a restarted handler gets a new scope.
    /// </summary>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/param"/>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: a type argument, a delegate or Props.")]
    public WebSocketsBuilder Map<THandler>(string template, WebSocketRouteOptions? options = null)
        where THandler : ActorBase
    {
        _draft = _draft.Map(template, Props.Empty, options);
        return Routes((routes, system) => routes.Map<THandler>(system, template, options));
    }

    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: a type argument, a delegate or Props.")]
    public WebSocketsBuilder Map(string template, Func<UpgradeRequest, Props> handler, WebSocketRouteOptions? options = null)
    {
        _draft = _draft.Map(template, handler, options);
        return Routes((routes, _) => routes.Map(template, handler, options));
    }

    /// <inheritdoc cref="RouteTable.Map(string, Props, WebSocketRouteOptions?)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: a type argument, a delegate or Props.")]
    public WebSocketsBuilder Map(string template, Props handler, WebSocketRouteOptions? options = null)
    {
        _draft = _draft.Map(template, handler, options);
        return Routes((routes, _) => routes.Map(template, handler, options));
    }

    /// <summary>
    /// Serves a path with one actor for all connections: the actor that <c>WithActors</c> registered as <typeparamref name="TKey"/>. When
    /// the actor stops, the connections are closed with 1011. The host does not start without the actor.
    /// </summary>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/param"/>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public WebSocketsBuilder MapShared<TKey>(string template, WebSocketRouteOptions? options = null)
    {
        _draft = _draft.MapShared(template, ActorRefs.Nobody, options);
        return Routes((routes, system) => routes.MapShared<TKey>(system, template, options));
    }

    /// <inheritdoc cref="RouteTable.Get(string, PlainResponse)"/>
    public WebSocketsBuilder Get(string template, PlainResponse response)
    {
        _draft = _draft.Get(template, response);
        return Routes((routes, _) => routes.Get(template, response));
    }

    /// <inheritdoc cref="RouteTable.Get(string, HttpHandler)"/>
    public WebSocketsBuilder Get(string template, HttpHandler answer)
    {
        _draft = _draft.Get(template, answer);
        return Routes((routes, _) => routes.Get(template, answer));
    }

    /// <summary>Adds routes that need the actor system. The delegate runs after all actors of <c>WithActors</c> have started.</summary>
    /// <param name="add">Gets the routes so far and returns a larger table.</param>
    public WebSocketsBuilder Routes(Func<RouteTable, ActorSystem, RouteTable> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        _routes.Add(add);
        return this;
    }

    /// <summary>Changes the options of all these endpoints. They take precedence over environment, appsettings and HOCON.</summary>
    /// <param name="configure">Gets the options so far and returns new ones; several calls run in order.</param>
    public WebSocketsBuilder Configure(Func<EndpointOptions, EndpointOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var before = _configure;
        _configure = options => configure(before(options));
        return this;
    }

    /// <summary>
    /// Adds settings from a section of the host's configuration, in which the environment takes precedence over appsettings files. They
    /// take precedence over HOCON. The keys are those of <c>ws-actors</c>, in any common spelling: <c>WsActors:Message:MaxSize</c> in a
    /// file and <c>WsActors__Message__MaxSize</c> in the environment are <c>ws-actors.message.max-size</c>. Lists are arrays, or one string
    /// with commas. The settings apply to the whole actor system, not only to these endpoints.
    /// </summary>
    /// <param name="section">The section, such as <c>configuration.GetSection("WsActors")</c>.</param>
    public WebSocketsBuilder Configure(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        _sections.Add(section);
        return this;
    }

    internal void AddTo(AkkaConfigurationBuilder akka)
    {
        foreach (var section in _sections)
        {
            akka.AddHocon(HostSettings.FromSection(section), HoconAddMode.Prepend);
        }

        // Added with the lowest precedence. It also changes Akka's shutdown timeouts, which must be set before the system is created.
        akka.AddHocon(WebSocketExtension.DefaultConfig, HoconAddMode.Append);
        akka.StartActors(static (system, registry) => StartManager(system, registry)).AddStartup((system, _) => BindAsync(system));
    }

    private static void StartManager(ActorSystem system, IActorRegistry registry)
    {
        // Only the first WithWebSockets of a system registers it.
        if (registry.TryRegister<WebSocketManagerKey>(system.WebSockets().Manager))
        {
            DevelopmentShutdown.AddTo(system);
        }

        registry.TryRegister<WebSocketPresenceKey>(system.WebSockets().Presence);
    }

    private async Task BindAsync(ActorSystem system)
    {
        if (!HostedRoutes.Of(system).Configure(_configure) && _endpoints.Count == 0)
        {
            throw new ConfigurationException(
                "WithWebSockets has no endpoint: call Listen, such as Listen(\"ws://127.0.0.1:8080\"), or in an ASP.NET Core app "
                + "app.MapWebSocketActor<MyHandler>(\"/chat\") before it runs.");
        }

        if (_routes.Count > 0 && _endpoints.Count == 0)
        {
            throw new ConfigurationException(
                "The routes of WithWebSockets have no endpoint: call Listen, such as Listen(\"ws://127.0.0.1:8080\"), or map them in the "
                + "ASP.NET Core app, app.MapWebSocketActor<MyHandler>(\"/chat\").");
        }

        var routes = _routes.Aggregate(RouteTable.Empty, (table, add) => add(table, system));
        var hosted = HostedEndpoints.Get(system);
        hosted.Expect(_endpoints.Count);
        foreach (var (endpoint, configure) in _endpoints)
        {
            var binding = system.WebSockets().BindAsync(endpoint, routes, options => configure(_configure(options)));
            hosted.Add(await binding.ConfigureAwait(false));
        }
    }
}
