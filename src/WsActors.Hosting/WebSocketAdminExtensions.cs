using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Hosting.Admin;

namespace WsActors.Hosting;

/// <summary>The admin page of a hosted actor system.</summary>
public static class WebSocketAdminExtensions
{
    /// <summary>
    /// Serves a page with nodes, connections, topics and sessions of all nodes, at an endpoint of its own: <c>http://127.0.0.1:9090/</c>
    /// for <c>ws://127.0.0.1:9090</c>. The page can close connections and drain nodes; each action is logged. Without a token the endpoint
    /// must be one of loopback or a Unix socket. The origins, hosts and proxies that HOCON allows do not count here.
    /// </summary>
    /// <param name="akka">The builder of the actor system.</param>
    /// <param name="endpoint">The endpoint, as for <see cref="WebSocketsBuilder.Listen"/>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ConfigurationException">The endpoint needs a token, or the token is not usable.</exception>
    public static AkkaConfigurationBuilder WithWebSocketAdmin(
        this AkkaConfigurationBuilder akka, string endpoint, WebSocketAdminOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(akka);
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new WebSocketAdminOptions();
        var isLocal = IsLocal(endpoint);
        var page = new WebSocketAdminPage(options, isLocal);
        if (!isLocal && !page.HasToken)
        {
            throw new ConfigurationException(
                $"The admin page at {endpoint} needs a token, since other machines can reach it: give it one, or listen on 127.0.0.1.");
        }

        var sockets = new WebSocketsBuilder()
            .Listen(endpoint, endpointOptions => options.Configure(AdminLimits.Apply(endpointOptions, page.HasToken)))
            .Routes((routes, _) => page.MapSocket(routes, "/" + WebSocketAdminPage.SocketName));
        foreach (var file in WebSocketAdminPage.Files.Keys)
        {
            sockets.Get("/" + file, (request, _) => Task.FromResult(page.ResponseTo(file, request)));
        }

        sockets.AddTo(akka);
        return akka.AddStartup((system, _) => Report(system, endpoint, isLocal));
    }

    private static void Report(ActorSystem system, string endpoint, bool isLocal)
    {
        var bound = system.WebSockets().BoundEndpoints.LastOrDefault(one => one.Endpoint == endpoint);
        var log = AdminLog.Of(system);
        log.LogInformation("The admin page listens on {Address}", (object?)bound?.LocalEndPoint ?? endpoint);
        if (!isLocal && endpoint.StartsWith("ws:", StringComparison.OrdinalIgnoreCase))
        {
            log.LogWarning(
                "The token of the admin page at {Endpoint} crosses the network as plain text: use wss://, or a proxy with TLS", endpoint);
        }
    }

    /// <summary>Whether only this machine reaches the endpoint.</summary>
    private static bool IsLocal(string endpoint)
    {
        if (endpoint.StartsWith("ws+unix:", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var authority = endpoint[(endpoint.IndexOf("://", StringComparison.Ordinal) + 1)..].TrimStart('/');
        var colon = authority.LastIndexOf(':');
        var host = (colon < 0 ? authority : authority[..colon]).Trim('[', ']');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
