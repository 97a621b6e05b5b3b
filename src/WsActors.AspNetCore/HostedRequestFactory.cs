using System.Collections.ObjectModel;
using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.AspNetCore;

/// <summary>
/// Reads what a connection needs of a request, before the upgrade. It reads features: the properties of the context create objects on first
/// use (an anonymous user takes 250 bytes), which live as long as the WebSocket.
/// </summary>
internal static class HostedRequestFactory
{
    /// <summary>The origin of the last request. Most requests of an app have the same, and share it.</summary>
    private static volatile ParsedOrigin? LastOrigin;

    /// <returns>Null when HTTP/1.1 could not carry one of the headers.</returns>
    public static async ValueTask<HostedRequest?> CreateAsync(
        HttpContext context, RouteEndpoint endpoint, bool isUpgrade, bool isExtendedConnect)
    {
        var (request, connection) = (context.Request, context.Features.Get<IHttpConnectionFeature>());
        if (HeadersOf(request) is not { } headers)
        {
            return null;
        }

        return new HostedRequest
        {
            Route = MappedEndpoint.TemplateOf(endpoint),
            Target = TargetOf(context),
            Headers = headers,
            IsUpgrade = isUpgrade,
            IsExtendedConnect = isExtendedConnect,
            RouteValues = RouteValuesOf(context),
            ClientAddress = AddressOf(connection?.RemoteIpAddress),
            ServerOrigin = OriginOf(request),
            IsLocal = IPAddress.IsLoopback(AddressOf(connection?.RemoteIpAddress))
                && IPAddress.IsLoopback(AddressOf(connection?.LocalIpAddress)),
            IsOriginAllowed = await IsOriginAllowedAsync(context, endpoint).ConfigureAwait(false),
            Principal = context.Features.Get<IHttpAuthenticationFeature>()?.User is { Identity.IsAuthenticated: true } user ? user : null,
            PrincipalExpiresAt = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc,
            ClientCertificate = context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate
                ? ClientCertificate.From(certificate)
                : null,
        };
    }

    private static IReadOnlyDictionary<string, string> RouteValuesOf(HttpContext context) =>
        context.Features.Get<IRouteValuesFeature>()?.RouteValues is { Count: > 0 } values
            ? values.ToDictionary(static value => value.Key, static value => Convert.ToString(value.Value, null) ?? "")
            : ReadOnlyDictionary<string, string>.Empty;

    private static List<HttpHeader>? HeadersOf(HttpRequest request)
    {
        var headers = new List<HttpHeader>(request.Headers.Count);
        // Copied, not enumerated: Kestrel would keep the enumerator, which takes 0.1 KB of an idle WebSocket.
        var pairs = new KeyValuePair<string, StringValues>[request.Headers.Count];
        request.Headers.CopyTo(pairs, 0);
        try
        {
            foreach (var (name, values) in pairs)
            {
                foreach (var value in values)
                {
                    // The pseudo-headers of HTTP/2 are parts of the request line.
                    if (!name.StartsWith(':'))
                    {
                        headers.Add(new HttpHeader(name, value ?? ""));
                    }
                }
            }

            return headers;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // An absolute target, and one that middleware has changed, is built from the path and query.
    private static string TargetOf(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return raw?.StartsWith('/') == true ? raw : context.Request.GetEncodedPathAndQuery();
    }

    private static IPAddress AddressOf(IPAddress? address) => address switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        _ => address,
    };

    private static Origin OriginOf(HttpRequest request)
    {
        var (scheme, host, last) = (request.Scheme, request.Host.Value, LastOrigin);
        if (last is not null && last.Host == host && last.Scheme == scheme)
        {
            return last.Origin;
        }

        var origin = Origin.TryParse($"{scheme}://{host}", out var parsed) ? parsed : new Origin(scheme, "", 0);
        LastOrigin = new ParsedOrigin(scheme, host, origin);
        return origin;
    }

    /// <summary>Whether the CORS policy of the endpoint allows the request's origin.</summary>
    private static async ValueTask<bool> IsOriginAllowedAsync(HttpContext context, RouteEndpoint endpoint)
    {
        string? origin = context.Request.Headers.Origin;
        if (origin is null)
        {
            return false;
        }

        var policy = endpoint.Metadata.GetMetadata<ICorsMetadata>() switch
        {
            ICorsPolicyMetadata direct => direct.Policy,
            IEnableCorsAttribute named when context.RequestServices.GetService<ICorsPolicyProvider>() is { } policies =>
                await policies.GetPolicyAsync(context, named.PolicyName).ConfigureAwait(false),
            _ => null,
        };
        return policy is not null && (policy.AllowAnyOrigin || policy.IsOriginAllowed(origin));
    }

    private sealed record ParsedOrigin(string Scheme, string? Host, Origin Origin);
}
