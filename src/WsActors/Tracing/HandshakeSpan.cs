using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;

namespace WsActors.Tracing;

/// <summary>
/// The span of an opening handshake, by OpenTelemetry's conventions for HTTP: from the complete request to its response, or of a client
/// from the request to its response.
/// </summary>
internal static class HandshakeSpan
{
    /// <summary>The methods that are named; a peer may write any other.</summary>
    private static readonly FrozenSet<string> Known =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    /// <param name="kind">Server or client.</param>
    /// <param name="method">The method: of a WebSocket GET, or CONNECT with HTTP/2 (RFC 8441).</param>
    /// <param name="route">The route's template, or a client's name; null without one.</param>
    /// <param name="attributes">The attributes of endpoint and route: never a path, a query, a header or a user.</param>
    /// <param name="parent">The parent; the default starts a trace.</param>
    /// <returns>Null when it is not sampled.</returns>
    public static Activity? Start(
        ActivityKind kind, string method, string? route, TagList attributes, ActivityContext parent)
    {
        var known = Known.Contains(method) ? method : null;
        var activity = Tracer.Start(route is null ? known ?? "HTTP" : $"{known} {route}", kind, parent);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("http.request.method", known ?? "_OTHER");
            foreach (var (name, value) in attributes)
            {
                activity.SetTag(name, value);
            }
        }

        return activity;
    }

    /// <summary>The WebSocket opens. Only the first end counts.</summary>
    /// <param name="activity">The span; null for none.</param>
    /// <param name="status">The HTTP status.</param>
    public static void Complete(Activity? activity, int status) => Stop(activity, status, error: null);

    /// <summary>The request was refused, or a client's failed. Only the first end counts.</summary>
    /// <param name="activity">The span; null for none.</param>
    /// <param name="status">The HTTP status; null without a response.</param>
    /// <param name="error">The value of <c>error.type</c>; null for the status itself.</param>
    public static void Fail(Activity? activity, int? status, string? error = null) =>
        Stop(activity, status, error ?? status?.ToString(CultureInfo.InvariantCulture));

    private static void Stop(Activity? activity, int? status, string? error)
    {
        if (activity is not { IsStopped: false })
        {
            return;
        }

        if (status is not null)
        {
            activity.SetTag("http.response.status_code", status);
        }

        // A request that a server refuses with 4xx is the client's error (OpenTelemetry's conventions for HTTP).
        if (error is not null && activity.Kind == ActivityKind.Server && status < 500)
        {
            activity.SetTag("error.type", error);
        }
        else if (error is not null)
        {
            Tracer.SetError(activity, error);
        }

        Tracer.Stop(activity);
    }
}
