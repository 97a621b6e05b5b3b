using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WsActors.Routing;

namespace WsActors.AspNetCore.Tests;

/// <summary>The app authenticates and authorizes before the upgrade.</summary>
public sealed class AuthenticationTests
{
    private const string TokenSubprotocol = "bearer.";

    private static readonly SymmetricSecurityKey Key = new(Encoding.ASCII.GetBytes(new string('k', 32)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_cookie_401_and_without_the_role_403_and_else_the_handler_knows_the_user(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web =>
            {
                web.MapGet("/login/{name}", static (string name, HttpContext context) => context.SignInAsync(UserOf(name)));
                web.MapWebSocketActor<Echo>("/echo").RequireAuthorization(static policy => policy.RequireRole("admin"));
            },
            isHttp2,
            static services =>
            {
                services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
                services.AddAuthorization();
            });

        Assert.Equal(401, await app.RefusedAsync("/echo"));
        var (bob, ada) = (await LoginAsync(app, "bob"), await LoginAsync(app, "ada"));
        Assert.Equal(403, await app.RefusedAsync("/echo", options => options.SetRequestHeader("Cookie", bob)));
        using var client = await app.ConnectAsync("/echo", options => options.SetRequestHeader("Cookie", ada));
        Assert.Equal("ada", await client.AskAsync("user"));
        Assert.Equal("ada", (await app.ListAsync()).Single().User);
        await client.CloseAsync();
    }

    /// <summary>The guard of a port of our own answers as the app does.</summary>
    [Theory]
    [InlineData("admins", null, 401)]
    [InlineData("admins", "bob", 403)]
    [InlineData("admins", "ada", 101)]
    [InlineData(null, null, 401)]
    [InlineData(null, "bob", 101)]
    [InlineData("unknown", "ada", 500)]
    public async Task A_port_of_our_own_asks_the_policies_of_the_app(string? policy, string? name, int status)
    {
        Guard? guard = null;
        await using var app = await App.StartAsync(
            web =>
            {
                guard = web.Services.CreateAuthorizationGuard(policy);
                web.MapGet("/login/{name}", static (string name, HttpContext context) => context.SignInAsync(UserOf(name)));
            },
            services: static services =>
            {
                services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
                services.AddAuthorization(static options => options.AddPolicy("admins", static admins => admins.RequireRole("admin")));
            },
            sockets: ws => ws.Listen("ws://127.0.0.1:0").Map<Echo>("/echo", new WebSocketRouteOptions
            {
                Guard = (request, cancellation) => guard!(request, cancellation),
            }));
        var cookie = name is null ? "" : await LoginAsync(app, name);
        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        client.Options.SetRequestHeader("Cookie", cookie);
        var address = new Uri($"ws://127.0.0.1:{app.Actors.WebSockets().BoundEndpoints.Single().Port}/echo?from=a+test");

        if (status == 101)
        {
            await client.ConnectAsync(address, App.Limit());
            Assert.Equal(name, await client.AskAsync("user"));
            Assert.NotNull((await app.ListAsync()).Single().User);
            await client.CloseAsync();
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(address, App.Limit()));
            Assert.Equal(status, (int)client.HttpStatusCode);
        }
    }

    [Fact]
    public async Task A_guard_of_an_app_without_authorization_is_refused_with_its_cure()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"));

        var error = Assert.Throws<InvalidOperationException>(() => app.Web.Services.CreateAuthorizationGuard());
        Assert.Equal("The app has no authorization: call services.AddAuthorization().", error.Message);
    }

    /// <summary>Browsers set no headers: the token is one of the offered subprotocols.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_token_is_taken_from_the_header_or_from_a_subprotocol(bool isHttp2, bool isSubprotocol)
    {
        var logs = new LogList();
        await using var app = await App.StartAsync(
            static web => web
                .MapWebSocketActor<Echo>("/echo", new WebSocketRouteOptions { Subprotocols = ["chat"] })
                .RequireAuthorization(static policy => policy.RequireRole("admin")),
            isHttp2,
            static services =>
            {
                services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(static jwt =>
                {
                    jwt.MapInboundClaims = false;
                    jwt.TokenValidationParameters = new TokenValidationParameters
                    {
                        ValidIssuer = "test",
                        ValidAudience = "test",
                        IssuerSigningKey = Key,
                        NameClaimType = "name",
                        RoleClaimType = "role",
                    };
                    jwt.Events = new JwtBearerEvents { OnMessageReceived = TakeTokenFromSubprotocol };
                });
                services.AddAuthorization();
            },
            logs: logs);

        Assert.Equal(401, await app.RefusedAsync("/echo", static options => options.AddSubProtocol("chat")));
        Assert.Equal(403, await app.RefusedAsync("/echo", options => Offer(options, TokenOf("bob"), isSubprotocol)));
        Assert.Equal(401, await app.RefusedAsync("/echo", options => Offer(options, TokenOf("ada") + "x", isSubprotocol)));
        using var client = await app.ConnectAsync("/echo", options => Offer(options, TokenOf("ada"), isSubprotocol));
        Assert.Equal("chat", client.SubProtocol);
        Assert.Equal("ada", await client.AskAsync("user"));
        await client.CloseAsync();
    }

    [Fact]
    public async Task A_guard_sees_the_user_of_the_app_and_may_replace_it()
    {
        await using var app = await App.StartAsync(
            static web =>
            {
                web.Use(static (context, next) =>
                {
                    context.User = UserOf("ada");
                    return next(context);
                });
                web.MapWebSocketActor<Echo>("/same", new WebSocketRouteOptions
                {
                    Guard = static (request, _) => Task.FromResult(
                        request.Principal!.Identity!.Name == "ada" ? GuardDecision.Accept() : GuardDecision.Reject(403, "no")),
                });
                web.MapWebSocketActor<Echo>("/other", new WebSocketRouteOptions
                {
                    Guard = static (request, _) => Task.FromResult(GuardDecision.Accept(UserOf(request.Principal!.Identity!.Name + "2"))),
                });
            });

        using var same = await app.ConnectAsync("/same");
        Assert.Equal("ada", await same.AskAsync("user"));
        using var other = await app.ConnectAsync("/other");
        Assert.Equal("ada2", await other.AskAsync("user"));
        await same.CloseAsync();
        await other.CloseAsync();
    }

    private static Task TakeTokenFromSubprotocol(MessageReceivedContext context)
    {
        context.Token = context.HttpContext.WebSockets.WebSocketRequestedProtocols
            .FirstOrDefault(static offered => offered.StartsWith(TokenSubprotocol, StringComparison.Ordinal))?[TokenSubprotocol.Length..];
        return Task.CompletedTask;
    }

    private static void Offer(System.Net.WebSockets.ClientWebSocketOptions options, string token, bool isSubprotocol)
    {
        options.AddSubProtocol("chat");
        if (isSubprotocol)
        {
            options.AddSubProtocol(TokenSubprotocol + token);
        }
        else
        {
            options.SetRequestHeader("Authorization", $"Bearer {token}");
        }
    }

    private static async Task<string> LoginAsync(App app, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, $"/login/{name}"))
        {
            Version = app.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await app.Http.SendAsync(request, App.Limit());
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static ClaimsPrincipal UserOf(string name) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), .. name == "ada" ? [new Claim(ClaimTypes.Role, "admin")] : Array.Empty<Claim>()], "test"));

    private static string TokenOf(string name) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "test",
        Audience = "test",
        Claims = new Dictionary<string, object> { ["name"] = name, ["role"] = name == "ada" ? "admin" : "guest" },
        SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
    });
}
