using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace WsActors.AspNetCore.Tests;

/// <summary>The admin page behind the policies of an app.</summary>
public sealed class AdminPageTests
{
    [Fact]
    public async Task The_policy_of_the_app_guards_page_and_socket_and_its_user_is_named()
    {
        await using var app = await App.StartAsync(
            static web =>
            {
                web.MapGet("/login/{name}", static (string name, HttpContext context) => context.SignInAsync(UserOf(name)));
                web.MapGroup("/ops").MapWebSocketAdmin("/admin").RequireAuthorization("ops");
            },
            services: AddOps,
            hocon: "ws-actors.origin.allowed = [\"https://friend.example\"]");
        var (bob, ada) = (await LogInAsync(app, "bob"), await LogInAsync(app, "ada"));

        foreach (var path in new[] { "/ops/admin/", "/ops/admin/admin.js" })
        {
            Assert.Equal(HttpStatusCode.Redirect, (await GetAsync(app, path, cookie: null)).StatusCode);
            Assert.Equal(HttpStatusCode.Redirect, (await GetAsync(app, path, bob)).StatusCode);
            using var answer = await GetAsync(app, path, ada);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        Assert.Equal("/ops/admin/", (await GetAsync(app, "/ops/admin", ada)).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(app, "/ops/admin/?token=1", ada)).StatusCode);
        Assert.Equal(401, await app.RefusedAsync("/ops/admin/socket"));
        Assert.Equal(403, await app.RefusedAsync("/ops/admin/socket", options => options.SetRequestHeader("Cookie", bob)));
        Assert.Equal(403, await app.RefusedAsync("/ops/admin/socket", options =>
        {
            options.SetRequestHeader("Cookie", ada);
            options.SetRequestHeader("Origin", "https://friend.example");
        }));
        Assert.Equal(403, await app.RefusedAsync("/ops/admin/socket?a=1", options => options.SetRequestHeader("Cookie", ada)));

        using var client = await app.ConnectAsync("/ops/admin/socket", options => options.SetRequestHeader("Cookie", ada));
        Assert.Equal("ada (127.0.0.1)", JsonDocument.Parse(await client.HearAsync()).RootElement.GetProperty("who").GetString());
        await client.SayAsync("""{"type":"overview","id":1}""");
        Assert.Contains("\"open\":1", await client.HearAsync(), StringComparison.Ordinal);
        await client.CloseAsync();
    }

    [Theory]
    [InlineData("Production", false, 403, "Error: The admin page at /admin answers 403. MapWebSocketAdmin has no authorization")]
    [InlineData("Production", true, 200, "Warning: The admin page at /admin is open to all who reach the app")]
    [InlineData("Development", false, 200, "Warning: The admin page at /admin is open to all who reach the app")]
    public async Task Without_authorization_it_is_served_only_in_Development_or_on_purpose(
        string environment, bool isAnonymous, int status, string line)
    {
        var logs = new LogList();
        await using var app = await App.StartAsync(
            web =>
            {
                var admin = web.MapWebSocketAdmin("/admin");
                if (isAnonymous)
                {
                    admin.AllowAnonymous();
                }
            },
            logs: logs,
            environment: environment);

        Assert.Equal(status, (int)(await GetAsync(app, "/admin/", cookie: null)).StatusCode);
        if (status == 200)
        {
            using var client = await app.ConnectAsync("/admin/socket");
            await client.CloseAsync();
        }
        else
        {
            Assert.Equal(status, await app.RefusedAsync("/admin/socket"));
        }

        Assert.Contains(logs.Lines, one => one.Contains(line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Production", true, true, 401)]
    [InlineData("Production", true, false, 403)]
    [InlineData("Development", true, false, 403)]
    [InlineData("Production", false, true, 403)]
    public async Task A_fallback_policy_counts_only_where_the_app_enforces_it(
        string environment, bool hasPolicy, bool isEnforced, int status)
    {
        await using var app = await App.StartAsync(
            web =>
            {
                // An app without WebApplication, as one with a Startup class, adds no authorization by itself.
                ((IApplicationBuilder)web).Properties["__AuthorizationMiddlewareSet"] = true;
                web.UseRouting();
                if (isEnforced)
                {
                    web.UseAuthorization();
                }

                web.MapWebSocketAdmin("/admin");
            },
            services: services =>
            {
                services.AddAuthentication("Cookies").AddCookie(static cookie => cookie.Events.OnRedirectToLogin = static login =>
                {
                    login.Response.StatusCode = 401;
                    return Task.CompletedTask;
                });
                services.AddAuthorization(static options =>
                    options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
                if (!hasPolicy)
                {
                    services.AddSingleton<IAuthorizationPolicyProvider, NoFallback>();
                }
            },
            environment: environment);

        Assert.Equal(status, (int)(await GetAsync(app, "/admin/", cookie: null)).StatusCode);
        Assert.Equal(status, (int)(await GetAsync(app, "/admin", cookie: null)).StatusCode);
        Assert.Equal(status, await app.RefusedAsync("/admin/socket"));
    }

    private static void AddOps(IServiceCollection services)
    {
        services.AddAuthentication("Cookies").AddCookie();
        services.AddAuthorization(static options => options.AddPolicy("ops", static policy => policy.RequireRole("ops")));
    }

    private static ClaimsPrincipal UserOf(string name) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, name == "ada" ? "ops" : "guest")], "name"));

    private static async Task<string> LogInAsync(App app, string name)
    {
        using var answer = await app.Http.GetAsync(new Uri(app.Address, $"/login/{name}"));
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static Task<HttpResponseMessage> GetAsync(App app, string path, string? cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, path));
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return app.Http.SendAsync(request, App.Limit());
    }

    /// <summary>Policies without the fallback policy of the options.</summary>
    private sealed class NoFallback(IOptions<AuthorizationOptions> options)
        : DefaultAuthorizationPolicyProvider(options), IAuthorizationPolicyProvider
    {
        Task<AuthorizationPolicy?> IAuthorizationPolicyProvider.GetFallbackPolicyAsync() => Task.FromResult<AuthorizationPolicy?>(null);
    }
}
