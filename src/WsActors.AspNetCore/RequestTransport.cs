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
/// <param name="stopping">Cancelled when the app stops.</param>
internal sealed class RequestTransport(HttpContext context, Stream stream, bool isHttp2, CancellationToken stopping) : HostedTransport
{
    private readonly IHttpRequestLifetimeFeature? _lifetime = context.Features.Get<IHttpRequestLifetimeFeature>();

    private readonly IHttpResponseBodyFeature? _response = context.Features.Get<IHttpResponseBodyFeature>();

    private readonly IConnectionLifetimeFeature? _connection = isHttp2 ? context.Features.Get<IConnectionLifetimeFeature>() : null;

    public override Stream Stream => stream;

    public override bool CanCompleteSending => isHttp2;

    public override Task CompleteSendingAsync() => _response?.CompleteAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Resets the stream; while the app stops, with HTTP/2 the whole connection. Measured: a stopping Kestrel keeps an HTTP/2 connection
    /// without streams whose client sends nothing, until the host's shutdown timeout.
    /// </summary>
    public override void Abort()
    {
        _lifetime?.Abort();
        if (stopping.IsCancellationRequested)
        {
            _connection?.Abort();
        }
    }
}
