using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsActors.Hosted;

namespace WsActors.AspNetCore;

/// <summary>
/// The upgraded request of Kestrel or IIS. It keeps features of the request, not its context, and only until its WebSocket has ended: the
/// context is used again for other requests.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="stream">The upgraded stream.</param>
/// <param name="isHttp2">Whether the stream is one of several of its connection, and can be closed in our direction alone.</param>
/// <param name="app">The app.</param>
internal sealed class RequestTransport(HttpContext context, Stream stream, bool isHttp2, MappedEndpoint app) : HostedTransport
{
    private readonly IHttpRequestLifetimeFeature? _lifetime = context.Features.Get<IHttpRequestLifetimeFeature>();

    private readonly IHttpResponseBodyFeature? _response = context.Features.Get<IHttpResponseBodyFeature>();

    private readonly IConnectionLifetimeFeature? _connection = isHttp2 ? context.Features.Get<IConnectionLifetimeFeature>() : null;

    public override Stream Stream => stream;

    // With HTTP/2 a completion is a work item. With HTTP/1.1 it is one, too, unless the transport reads for its connections in loops that
    // run completions.
    public override bool MayBlockReadCompletions { get; } =
        isHttp2 || (!app.RunsCompletions && context.Features.Get<IConnectionSocketFeature>() is not null);

    public override bool CanCompleteSending => isHttp2;

    public override Task CompleteSendingAsync() => _response?.CompleteAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Resets the stream; while the app stops, with HTTP/2 the whole connection. Measured: a stopping Kestrel keeps an HTTP/2 connection
    /// without streams whose client sends nothing, until the host's shutdown timeout.
    /// </summary>
    public override void Abort()
    {
        _lifetime?.Abort();
        if (app.Stopping.IsCancellationRequested)
        {
            _connection?.Abort();
        }
    }
}
