using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsActors.Protocol.Handshake;

namespace WsActors.AspNetCore.TestKit;

/// <summary>A request that a test plays, as the app sees it. Any thread.</summary>
[SuppressMessage("Design", "CA1001", Justification = "It has no timer: not disposed, it holds only memory.")]
internal sealed class PlayedRequest(RequestHead head, IPEndPoint client, PlayedStream stream)
    : IHttpUpgradeFeature, IHttpRequestLifetimeFeature
{
    private readonly CancellationTokenSource _aborted = new();

    private HttpContext? _context;

    public PlayedStream Stream => stream;

    public bool IsUpgradableRequest { get; } = head.Headers["Upgrade"] is not null;

    public CancellationToken RequestAborted
    {
        get => field.CanBeCanceled ? field : _aborted.Token;
        set;
    }

    /// <summary>Writes the request into the context of the in-memory server.</summary>
    public void AddTo(HttpContext context)
    {
        _context = context;
        var (request, connection) = (context.Request, context.Connection);
        request.Method = head.Method;
        request.Path = PathString.FromUriComponent(head.Path);
        var query = head.Target.IndexOf('?');
        request.QueryString = query < 0 ? QueryString.Empty : new QueryString(head.Target[query..]);
        request.Headers.Clear();
        foreach (var header in head.Headers)
        {
            request.Headers.Append(header.Name, header.Value);
        }

        (connection.RemoteIpAddress, connection.RemotePort) = (client.Address, client.Port);
        (connection.LocalIpAddress, connection.LocalPort) = (IPAddress.Loopback, request.Host.Port ?? 80);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = head.Target;
        context.Features.Set<IHttpUpgradeFeature>(this);
        context.Features.Set<IHttpRequestLifetimeFeature>(this);
    }

    /// <summary>Sends the response of the upgrade, with the headers that the app has set.</summary>
    public async Task<Stream> UpgradeAsync()
    {
        var response = _context!.Response; // not null: the app has the request
        response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        await response.Body.FlushAsync().ConfigureAwait(false);
        stream.SetHead(response);
        return stream;
    }

    public void Abort() => stream.Abort();

    /// <summary>The socket has ended.</summary>
    public void OnClosed()
    {
        stream.OnClosed();
        _aborted.Cancel();
    }
}
