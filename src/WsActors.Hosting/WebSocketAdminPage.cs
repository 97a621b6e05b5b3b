using WsActors.Hosting.Admin;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Hosting;

/// <summary>
/// An admin page: its files, and a WebSocket beside them that serves it. For web frameworks; <c>WithWebSocketAdmin</c> and
/// <c>MapWebSocketAdmin</c> use it. Immutable; any thread.
/// </summary>
public sealed class WebSocketAdminPage
{
    // No inline code, no other origins, no framing. 'self' in connect-src covers ws: and wss: of the page's own host in CSP 3.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private readonly AdminSettings _settings;

    private readonly AdminAccess _access;

    internal WebSocketAdminPage(WebSocketAdminOptions options, bool isLocal)
    {
        AdminProtocol.Prepare();
        _settings = new AdminSettings(AdminToken.FromOptions(options), options.PageSize);
        _access = new AdminAccess(isLocal && _settings.Token is null);
    }

    /// <summary>The name of the WebSocket, next to the files.</summary>
    public const string SocketName = "socket";

    /// <summary>
    /// The files by their names. The page has the empty name, and loads the others relative to its own address, which ends with a slash.
    /// </summary>
    public static IReadOnlyDictionary<string, PlainResponse> Files { get; } = new Dictionary<string, PlainResponse>
    {
        [""] = Load("index.html", "text/html; charset=utf-8"),
        ["admin.css"] = Load("admin.css", "text/css; charset=utf-8"),
        ["admin-tap.js"] = Load("admin-tap.js", "text/javascript; charset=utf-8"),
        ["admin.js"] = Load("admin.js", "text/javascript; charset=utf-8"),
    }.AsReadOnly();

    /// <summary>Whether the page asks for a token.</summary>
    internal bool HasToken => _settings.Token is not null;

    /// <summary>
    /// Creates a page for a web framework that has authenticated and authorized each request. The user of the framework is named in the
    /// log of its actions.
    /// </summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="Akka.Configuration.ConfigurationException">The token of the options is not usable.</exception>
    public static WebSocketAdminPage Create(WebSocketAdminOptions? options = null) => new(options ?? new(), isLocal: false);

    /// <summary>Adds the route of the WebSocket.</summary>
    /// <param name="routes">The routes so far.</param>
    /// <param name="template">The path.</param>
    /// <param name="guard">Decides on requests before the page's own rules; null for none.</param>
    public RouteTable MapSocket(RouteTable routes, string template, Guard? guard = null)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var options = new WebSocketRouteOptions
        {
            Guard = async (request, cancellation) =>
                guard is not null && await guard(request, cancellation).ConfigureAwait(true) is var decision and not GuardDecision.Accepted
                    ? decision
                    : _access.Decide(request),
            ReservedConnections = AdminGate.MaxWaiting + AdminGate.MaxOpen,
        };
        return routes.Map(template, AdminActor.PropsFor(_settings), options);
    }

    /// <summary>The response to a request for a file: the file, or a refusal.</summary>
    /// <param name="file">The name, one of <see cref="Files"/>.</param>
    /// <param name="request">The request.</param>
    public PlainResponse ResponseTo(string file, RequestHead request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _access.WhyRefused(request) is { } reason ? Refuse(reason) : Files[file];
    }

    internal static PlainResponse Refuse(string reason) => PlainResponse.Text(
        403,
        reason + "\n",
        new HttpHeader("X-Content-Type-Options", "nosniff"),
        new HttpHeader("Referrer-Policy", "no-referrer"),
        new HttpHeader("Cache-Control", "no-store"));

    private static PlainResponse Load(string file, string contentType)
    {
        using var resource = typeof(AdminActor).Assembly.GetManifestResourceStream(typeof(AdminActor), file)
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        var body = new byte[resource.Length];
        resource.ReadExactly(body);
        return PlainResponse.Create(
            200,
            contentType,
            body,
            new HttpHeader("Content-Security-Policy", Policy),
            new HttpHeader("X-Content-Type-Options", "nosniff"),
            new HttpHeader("X-Frame-Options", "DENY"),
            new HttpHeader("Referrer-Policy", "no-referrer"),
            new HttpHeader("Cross-Origin-Opener-Policy", "same-origin"),
            new HttpHeader("Cross-Origin-Resource-Policy", "same-origin"),
            new HttpHeader("Cache-Control", "no-store"));
    }
}
