using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Hosting;

/// <summary>
/// Says where to listen, what to serve there, and with which options. All endpoints of one <c>WithWebSockets</c> serve the same
/// routes; a second call serves others. Used by one thread, while the host starts.
/// </summary>
public sealed class WebSocketsBuilder
{
    private readonly List<(string Endpoint, Func<EndpointOptions, EndpointOptions> Configure)> _endpoints = [];

    private readonly List<IConfiguration> _sections = [];

    /// <summary>The routes, each to be added when every actor of <c>WithActors</c> is there.</summary>
    private readonly List<Func<RouteTable, ActorSystem, RouteTable>> _routes = [];

    /// <summary>The same routes with nobody behind them: a template that is wrong is wrong where it is written, not when the host starts.</summary>
    private RouteTable _draft = RouteTable.Empty;

    private Func<EndpointOptions, EndpointOptions> _configure = static options => options;

    internal WebSocketsBuilder()
    {
    }

    /// <summary>Listens; may be called again for further endpoints.</summary>
    /// <param name="endpoint">
    /// <c>ws://host:port</c>, the host an address, <c>localhost</c> or <c>*</c>; port 0 takes a free one. With the transport <c>sockets</c> also
    /// <c>wss://host:port</c>, within TLS, and <c>ws+unix:///path.sock</c>.
    /// </param>
    /// <param name="configure">Changes to the options of this endpoint alone; they win over everything else.</param>
    public WebSocketsBuilder Listen(string endpoint, Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoints.Add((endpoint, configure ?? (static options => options)));
        return this;
    }

    /// <summary>
    /// Serves a path by one new handler actor a connection. Its constructor is given services and, where it has a parameter of that type,
    /// the <see cref="UpgradeRequest"/>. The services are of a scope that each handler has for itself, and that is disposed of behind its
    /// <c>PostStop</c>; a handler that is restarted has a new one.
    /// </summary>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/param"/>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The two never compete: one has a type argument, the other a delegate.")]
    public WebSocketsBuilder Map<THandler>(string template, WebSocketRouteOptions? options = null)
        where THandler : ActorBase
    {
        _draft = _draft.Map(template, Props.Empty, options);
        return Routes((routes, system) => MapWithServices<THandler>(routes, system, template, options));
    }

    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "See the other.")]
    public WebSocketsBuilder Map(string template, Func<UpgradeRequest, Props> handler, WebSocketRouteOptions? options = null)
    {
        _draft = _draft.Map(template, handler, options);
        return Routes((routes, _) => routes.Map(template, handler, options));
    }

    /// <inheritdoc cref="RouteTable.Map(string, Props, WebSocketRouteOptions?)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "See the other.")]
    public WebSocketsBuilder Map(string template, Props handler, WebSocketRouteOptions? options = null)
    {
        _draft = _draft.Map(template, handler, options);
        return Routes((routes, _) => routes.Map(template, handler, options));
    }

    /// <summary>
    /// Serves a path by one actor for all connections: the one that <c>WithActors</c> registered as <typeparamref name="TKey"/>.
    /// When it stops, they are closed with 1011. The host does not start without it.
    /// </summary>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/param"/>
    /// <inheritdoc cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public WebSocketsBuilder MapShared<TKey>(string template, WebSocketRouteOptions? options = null)
    {
        _draft = _draft.MapShared(template, ActorRefs.Nobody, options);
        return Routes((routes, system) => routes.MapShared(template, Registered<TKey>(system, template), options));
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

    /// <summary>Adds routes that need the actor system itself. Runs when every actor of <c>WithActors</c> is there.</summary>
    /// <param name="add">Given the routes so far, returns a larger table.</param>
    public WebSocketsBuilder Routes(Func<RouteTable, ActorSystem, RouteTable> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        _routes.Add(add);
        return this;
    }

    /// <summary>Changes the options of all these endpoints; what it sets wins over environment, appsettings and HOCON.</summary>
    /// <param name="configure">Given the options so far, returns others; several calls run one after the other.</param>
    public WebSocketsBuilder Configure(Func<EndpointOptions, EndpointOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var before = _configure;
        _configure = options => configure(before(options));
        return this;
    }

    /// <summary>
    /// Takes settings from a section of the host's configuration, where the environment wins over appsettings files; they win over
    /// HOCON. The keys are those of <c>ws-actors</c>, in any common spelling: <c>WsActors:Message:MaxSize</c> in a file and
    /// <c>WsActors__Message__MaxSize</c> in the environment are <c>ws-actors.message.max-size</c>. Lists are arrays, or one string
    /// with commas. They are settings of the whole system, not of these endpoints alone.
    /// </summary>
    /// <param name="section">Such as <c>configuration.GetSection("WsActors")</c>.</param>
    public WebSocketsBuilder Configure(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        _sections.Add(section);
        return this;
    }

    internal void AddTo(AkkaConfigurationBuilder akka)
    {
        if (_endpoints.Count == 0)
        {
            throw new ConfigurationException("WithWebSockets names no endpoint: call Listen, such as Listen(\"ws://127.0.0.1:8080\").");
        }

        foreach (var section in _sections)
        {
            akka.AddHocon(HostSettings.FromSection(section), HoconAddMode.Prepend);
        }

        // Below everything else: of Akka's own settings it has the time that a shutdown needs, which must be there before the system is.
        akka.AddHocon(WebSocketExtension.DefaultConfig, HoconAddMode.Append);
        akka.StartActors(static (system, registry) => StartManager(system, registry)).AddStartup((system, _) => BindAsync(system));
    }

    private static void StartManager(ActorSystem system, IActorRegistry registry)
    {
        registry.TryRegister<WebSocketManagerKey>(system.WebSockets().Manager);
        registry.TryRegister<WebSocketPresenceKey>(system.WebSockets().Presence);
    }

    private async Task BindAsync(ActorSystem system)
    {
        var routes = _routes.Aggregate(RouteTable.Empty, (table, add) => add(table, system));
        var hosted = HostedEndpoints.Get(system);
        hosted.Expect(_endpoints.Count);
        foreach (var (endpoint, configure) in _endpoints)
        {
            hosted.Add(await system.WebSockets().Bind(endpoint, routes, options => configure(_configure(options))).ConfigureAwait(false));
        }
    }

    private static RouteTable MapWithServices<THandler>(RouteTable routes, ActorSystem system, string template, WebSocketRouteOptions? options)
        where THandler : ActorBase
    {
        var scopes = HandlerScopes.Of(system);
        return typeof(THandler).GetConstructors().Any(static c => c.GetParameters().Any(static p => p.ParameterType == typeof(UpgradeRequest)))
            ? routes.Map(template, request => scopes.PropsFor<THandler>(request), options)
            : routes.Map(template, scopes.PropsFor<THandler>(), options);
    }

    private static IActorRef Registered<TKey>(ActorSystem system, string template) =>
        ActorRegistry.For(system).TryGet<TKey>(out var handler)
            ? handler
            : throw new ConfigurationException(
                $"Route '{template}' is to be served by the actor registered as {typeof(TKey).Name}, and none is: register it in WithActors, "
                + $"registry.Register<{typeof(TKey).Name}>(actor).");
}
