using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsActors.Hosted;

namespace WsActors.AspNetCore;

/// <summary>
/// A request that has upgraded its connection of HTTP/1.1. It keeps features of the request, not its context, and only until its WebSocket
/// has ended: the context is used again for other requests.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="stream">The upgraded stream.</param>
/// <param name="app">The app.</param>
internal sealed class Http1Transport(HttpContext context, Stream stream, MappedEndpoint app) : HostedTransport
{
    private readonly IHttpRequestLifetimeFeature? _lifetime = context.Features.Get<IHttpRequestLifetimeFeature>();

    public override Stream Stream => stream;

    // A completion is a work item, unless the transport reads for its connections in loops that run completions.
    public override bool MayBlockReadCompletions { get; } =
        !app.RunsCompletions && context.Features.Get<IConnectionSocketFeature>() is not null;

    public override void Abort() => _lifetime?.Abort();
}
