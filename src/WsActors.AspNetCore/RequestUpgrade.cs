using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsActors.Hosted;
using WsActors.Protocol.Handshake;

namespace WsActors.AspNetCore;

/// <summary>
/// One request for an upgrade, from its route to the end of its WebSocket. It asks for no service of the request: the scope would take
/// 0.3 KB of an idle WebSocket.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="endpoint">The endpoint of its app.</param>
/// <param name="app">The app.</param>
internal sealed class RequestUpgrade(HttpContext context, HostedEndpoint endpoint, MappedEndpoint app)
{
    private readonly IHttpUpgradeFeature? _upgrade = context.Features.Get<IHttpUpgradeFeature>();

    private readonly IHttpExtendedConnectFeature? _connect = context.Features.Get<IHttpExtendedConnectFeature>();

    private bool IsExtendedConnect => _connect is { IsExtendedConnect: true } && IsWebSocket(_connect.Protocol);

    /// <summary>Cancelled when the client has gone.</summary>
    private CancellationToken Gone =>
        // The request's own token ends with the connection, too, and would take 0.1 KB of an idle WebSocket.
        HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<IConnectionLifetimeFeature>() is { } connection
            ? connection.ConnectionClosed
            : context.RequestAborted;

    /// <summary>
    /// Answers the request, and runs its WebSocket. While that lives, the state of all that came before is gone: an async method would keep
    /// this object and the context.
    /// </summary>
    public Task RunAsync() => NegotiateAsync().Unwrap();

    /// <summary>Answers the request.</summary>
    /// <returns>The task of its WebSocket; a completed one when it is not upgraded.</returns>
    private async Task<Task> NegotiateAsync()
    {
        RequireUpgrades();
        if (await HostedRequestFactory.CreateAsync(context, (RouteEndpoint)context.GetEndpoint()!, IsUpgrade, IsExtendedConnect)
            .ConfigureAwait(false) is not { } request)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        var upgrade = endpoint.Start(request);
        switch (await upgrade.ResponseAsync(Gone).ConfigureAwait(false))
        {
            case HostedResponse.Accepted accepted:
                var transport = await TryUpgradeAsync(upgrade, accepted.Headers).ConfigureAwait(false);
                return transport is null ? Task.CompletedTask : upgrade.RunAsync(transport);
            case HostedResponse.Refused refused: await RespondAsync(refused.Response).ConfigureAwait(false); break;
        }

        return Task.CompletedTask;
    }

    // RFC 6455 §4.1: a GET of HTTP/1.1.
    private bool IsUpgrade => IsExtendedConnect || (_upgrade is { IsUpgradableRequest: true } && AsksForWebSocket
        && HttpMethods.IsGet(context.Request.Method) && HttpProtocol.IsHttp11(context.Request.Protocol));

    private static bool IsWebSocket(string? protocol) => "websocket".Equals(protocol, StringComparison.OrdinalIgnoreCase);

    private bool AsksForWebSocket => context.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase);

    // The in-memory server of tests fakes ASP.NET Core's own WebSockets, and has no bytes of a connection.
    private void RequireUpgrades()
    {
        var hasFeature = _upgrade is not null || _connect is not null;
        if (!IsUpgrade && (hasFeature ? context.WebSockets.IsWebSocketRequest : AsksForWebSocket))
        {
            throw new InvalidOperationException(
                "This server cannot upgrade requests, as the in-memory TestServer: connect by the kit of WsActors.AspNetCore.TestKit, "
                + "app.Services.CreateWebSocketTestKit(), or run the app on Kestrel, in tests by WebApplicationFactory.UseKestrel().");
        }
    }

    private async Task<HostedTransport?> TryUpgradeAsync(HostedUpgrade upgrade, IReadOnlyList<HttpHeader> headers)
    {
        try
        {
            LiftLimits();
            foreach (var header in headers)
            {
                context.Response.Headers.Append(header.Name, header.Value);
            }

            // The interim response is sent here: with HTTP/1.1 a 101, with HTTP/2 a 200.
            return IsExtendedConnect
                ? new Http2Transport(context, await _connect!.AcceptAsync().ConfigureAwait(false), app)
                : new Http1Transport(context, await _upgrade!.UpgradeAsync().ConfigureAwait(false), app);
        }
        // The client has gone, or the server takes no more upgraded connections.
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            upgrade.Fail();
            if (!context.Response.HasStarted)
            {
                context.Response.Headers.Clear();
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            }

            return null;
        }
    }

    /// <summary>Lifts the limits of requests: a WebSocket has others, and may be idle for hours.</summary>
    private void LiftLimits()
    {
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
        {
            request.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
        {
            response.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private async Task RespondAsync(PlainResponse plain)
    {
        var response = context.Response;
        response.StatusCode = plain.Status;
        foreach (var header in plain.Headers)
        {
            // RFC 9113 §8.2.2: HTTP/2 has no such headers.
            if (!HttpProtocol.IsHttp2(context.Request.Protocol) || !header.Name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase))
            {
                response.Headers.Append(header.Name, header.Value);
            }
        }

        response.ContentLength = plain.Body.Length;
        await response.Body.WriteAsync(ResponseWriter.BodyOf(plain), context.RequestAborted).ConfigureAwait(false);
    }
}
