using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsActors.Hosted;

namespace WsActors.AspNetCore;

/// <summary>
/// The upgraded request of Kestrel or IIS. It keeps features of the request, not its context, and only until its WebSocket has ended: the
/// context is used again for other requests.
/// </summary>
internal sealed class RequestTransport(HttpContext context, Stream stream, bool canCompleteSending) : HostedTransport
{
    private readonly IHttpRequestLifetimeFeature? _lifetime = context.Features.Get<IHttpRequestLifetimeFeature>();

    private readonly IHttpResponseBodyFeature? _response = context.Features.Get<IHttpResponseBodyFeature>();

    public override Stream Stream => stream;

    public override bool CanCompleteSending => canCompleteSending;

    public override Task CompleteSendingAsync() => _response?.CompleteAsync() ?? Task.CompletedTask;

    public override void Abort() => _lifetime?.Abort();
}
