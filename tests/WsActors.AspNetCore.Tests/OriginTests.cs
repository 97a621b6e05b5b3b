using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace WsActors.AspNetCore.Tests;

/// <summary>The pages that may open a WebSocket: the app's own, and those that a CORS policy of the route allows.</summary>
public sealed class OriginTests : IDisposable
{
    private const string Friend = "https://friend.example";

    private readonly LogList _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task The_own_origin_is_accepted_and_a_foreign_one_refused_with_the_cure_in_the_log()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"), logs: _logs);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, await StatusAsync(app, app.Address.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, "null"));

        var line = await _logs.LineAsync("is not this server's own");
        Assert.Contains("RequireCors", line, StringComparison.Ordinal);
        Assert.Contains("UseForwardedHeaders", line, StringComparison.Ordinal);
        Assert.Contains("ws-actors.origin.allowed", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/inline")]
    [InlineData("/named")]
    [InlineData("/group/echo")]
    public async Task A_CORS_policy_of_the_route_allows_its_origins_and_no_others(string path)
    {
        await using var app = await App.StartAsync(
            static web =>
            {
                web.UseCors();
                web.MapWebSocketActor<Echo>("/inline").RequireCors(static policy => policy.WithOrigins(Friend));
                web.MapWebSocketActor<Echo>("/named").RequireCors("friends");
                web.MapGroup("/group").RequireCors("friends").MapWebSocketActor<Echo>("/echo");
                web.MapWebSocketActor<Echo>("/closed");
            },
            services: static services => services.AddCors(static cors => cors.AddPolicy(
                "friends", static policy => policy.WithOrigins(Friend))));

        Assert.Equal(HttpStatusCode.SwitchingProtocols, await StatusAsync(app, Friend, path));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await StatusAsync(app, app.Address.GetLeftPart(UriPartial.Authority), path));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, "https://evil.example", path));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, Friend, "/closed"));
    }

    [Fact]
    public async Task AllowAnyOrigin_allows_any()
    {
        await using var app = await App.StartAsync(
            static web =>
            {
                web.UseCors();
                web.MapWebSocketActor<Echo>("/echo").RequireCors(static policy => policy.AllowAnyOrigin());
            },
            services: static services => services.AddCors());

        Assert.Equal(HttpStatusCode.SwitchingProtocols, await StatusAsync(app, "https://evil.example"));
    }

    /// <summary>A page whose DNS name points at loopback sends equal Origin and Host.</summary>
    [Fact]
    public async Task A_rebound_DNS_name_is_refused_on_loopback()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"), logs: _logs);
        var host = $"evil.example:{app.Address.Port}";

        using var answer = await app.UpgradeAsync("/echo", ("Host", host), ("Origin", $"http://{host}"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("UseForwardedHeaders", await _logs.LineAsync("is not a name of this server"), StringComparison.Ordinal);
    }

    /// <summary>Behind a proxy that ends TLS the app's own origin is the proxy's.</summary>
    [Fact]
    public async Task Forwarded_headers_give_the_app_its_own_origin()
    {
        await using var app = await App.StartAsync(static web =>
        {
            web.UseForwardedHeaders(new ForwardedHeadersOptions
            {
                ForwardedHeaders = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.All,
            });
            web.MapWebSocketActor<Echo>("/echo");
        });

        using var answer = await app.UpgradeAsync(
            "/echo",
            ("Origin", "https://chat.example"),
            ("X-Forwarded-For", "192.0.2.7"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "chat.example"));

        Assert.Equal(HttpStatusCode.SwitchingProtocols, answer.StatusCode);
        var listed = await app.ListAsync();
        Assert.Equal("192.0.2.7", listed.Single().Address);
    }

    private static async Task<HttpStatusCode> StatusAsync(App app, string origin, string path = "/echo")
    {
        using var answer = await app.UpgradeAsync(path, ("Origin", origin));
        return answer.StatusCode;
    }
}
