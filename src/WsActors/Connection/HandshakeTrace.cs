using System.Diagnostics;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.Tracing;

namespace WsActors.Connection;

/// <summary>The trace of a server's opening handshake, to which the messages of the connection belong.</summary>
internal static class HandshakeTrace
{
    /// <summary>Starts the span of a request for an upgrade. A request that is answered as plain HTTP has none.</summary>
    /// <returns>Null when it is not sampled.</returns>
    public static Activity? StartServer(ServerEndpointContext endpoint, Verdict verdict, RequestHead http) => verdict switch
    {
        Verdict.Upgrade upgrade => Start(endpoint, upgrade, ParentOf(http.Headers)),
        Verdict.Refuse => HandshakeSpan.Start(
            ActivityKind.Server, http.Method, route: null, endpoint.MetricsFor(route: null).Attributes, ParentOf(http.Headers)),
        _ => null,
    };

    /// <summary>
    /// Starts the span of a request that a host has parsed. Its parent is the host's current activity; without one, the request says it.
    /// </summary>
    /// <inheritdoc cref="StartServer"/>
    public static Activity? StartHosted(ServerEndpointContext endpoint, Verdict verdict) => verdict is Verdict.Upgrade upgrade
        ? Start(endpoint, upgrade, Activity.Current?.Context ?? ParentOf(upgrade.Request.Http.Headers))
        : null;

    /// <summary>The WebSocket opens: the connection has the context for its messages.</summary>
    public static void Complete(Activity? span, ConnectionActor connection, int status)
    {
        if (span is not null)
        {
            TraceContexts.Set(connection, span.Context);
            HandshakeSpan.Complete(span, status);
        }
    }

    private static Activity? Start(ServerEndpointContext endpoint, Verdict.Upgrade upgrade, ActivityContext parent) => HandshakeSpan.Start(
        ActivityKind.Server,
        upgrade.Offer.Key is null ? "CONNECT" : "GET",
        upgrade.Request.Route,
        endpoint.MetricsFor(upgrade).Attributes,
        parent);

    private static ActivityContext ParentOf(HttpHeaders headers) =>
        TraceParent.Parse(headers.All(TraceParent.ParentHeader), headers.All(TraceParent.StateHeader));
}
