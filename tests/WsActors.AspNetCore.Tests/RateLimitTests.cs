using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace WsActors.AspNetCore.Tests;

/// <summary>The app's rate limiter decides before the upgrade.</summary>
public sealed class RateLimitTests
{
    private const int TooManyRequests = 429;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Past_its_limit_a_request_gets_the_status_of_the_rate_limiter(bool isHttp2)
    {
        await using var app = await StartAsync(isHttp2, static limiter => limiter.AddFixedWindowLimiter("policy", static window =>
        {
            window.PermitLimit = 2;
            window.Window = TimeSpan.FromHours(1);
        }));
        using var first = await app.ConnectAsync("/echo");
        using var second = await app.ConnectAsync("/echo");

        Assert.Equal(TooManyRequests, await app.RefusedAsync("/echo"));
        Assert.Equal(2, (await app.ListAsync()).Count);
        Assert.Equal("hello", await second.AskAsync("hello"));
        await first.CloseAsync();
        await second.CloseAsync();
        Assert.Equal(TooManyRequests, await app.RefusedAsync("/echo"));
    }

    /// <summary>The request of a WebSocket ends with it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_concurrency_limiter_counts_open_WebSockets(bool isHttp2)
    {
        await using var app = await StartAsync(
            isHttp2, static limiter => limiter.AddConcurrencyLimiter("policy", static open => open.PermitLimit = 1));
        using var first = await app.ConnectAsync("/echo");
        Assert.Equal(TooManyRequests, await app.RefusedAsync("/echo"));

        await first.CloseAsync();
        using var second = await ConnectOnceAllowedAsync(app);
        Assert.Equal("hello", await second.AskAsync("hello"));
        await second.CloseAsync();
    }

    /// <summary>The client may know of the end before the app does.</summary>
    private static async Task<ClientWebSocket> ConnectOnceAllowedAsync(App app)
    {
        var limit = App.Limit();
        while (true)
        {
            try
            {
                return await app.ConnectAsync("/echo");
            }
            catch (WebSocketException) when (!limit.IsCancellationRequested)
            {
            }
        }
    }

    private static Task<App> StartAsync(bool isHttp2, Action<RateLimiterOptions> limit) => App.StartAsync(
        static web =>
        {
            web.UseRateLimiter();
            web.MapWebSocketActor<Echo>("/echo").RequireRateLimiting("policy");
        },
        isHttp2,
        services => services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = TooManyRequests;
            limit(limiter);
        }));
}
