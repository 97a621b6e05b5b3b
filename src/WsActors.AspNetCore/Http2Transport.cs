using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsActors.Hosted;

namespace WsActors.AspNetCore;

/// <summary>
/// A request that is a stream of its connection of HTTP/2: it can be closed in our direction alone. It keeps features of the request, as
/// <see cref="Http1Transport"/> does.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="stream">The accepted stream.</param>
/// <param name="app">The app.</param>
internal sealed class Http2Transport(HttpContext context, Stream stream, MappedEndpoint app) : HostedTransport
{
    private readonly IHttpRequestLifetimeFeature? _lifetime = context.Features.Get<IHttpRequestLifetimeFeature>();

    private readonly IHttpResponseBodyFeature? _response = context.Features.Get<IHttpResponseBodyFeature>();

    private readonly IConnectionLifetimeFeature? _connection = context.Features.Get<IConnectionLifetimeFeature>();

    public override Stream Stream => stream;

    // A completion is a work item.
    public override bool MayBlockReadCompletions => true;

    public override bool CanCompleteSending => true;

    public override Task CompleteSendingAsync() => _response?.CompleteAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Resets the stream; while the app stops, the whole connection. Measured: a stopping Kestrel keeps an HTTP/2 connection without
    /// streams whose client sends nothing, until the host's shutdown timeout.
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
