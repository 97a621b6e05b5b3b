using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using WsActors.Tests.Loopback;

namespace WsActors.AspNetCore.Tests;

/// <summary>Over TLS both versions of HTTP are on one port, and the client chooses (RFC 7301).</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(false, "GET https HTTP/1.1")]
    [InlineData(true, "CONNECT https HTTP/2")]
    public async Task The_client_of_NET_connects_over_TLS(bool isHttp2, string expected)
    {
        var requests = new ConcurrentQueue<string>();
        await using var app = await App.StartAsync(
            web =>
            {
                web.Use((context, next) =>
                {
                    requests.Enqueue($"{context.Request.Method} {context.Request.Scheme} {context.Request.Protocol}");
                    return next(context);
                });
                web.MapWebSocketActor<Echo>("/echo");
            },
            isHttp2,
            authority: _authority);
        using var client = await app.ConnectAsync("/echo");

        Assert.Equal("hello", await client.AskAsync("hello"));
        Assert.Equal([expected], requests);
        await client.CloseAsync();
    }
}
