using System.Security.Claims;
using System.Text.Json;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Hosting.TestKit.Tests.Admin;

/// <summary>An app with an admin page, in virtual time. Each user is who the request says.</summary>
/// <param name="endpoint">The endpoint of the admin page.</param>
/// <param name="options">The options of the admin page.</param>
/// <param name="hocon">Settings beside those that all tests have.</param>
public abstract class AdminSpec(string endpoint, WebSocketAdminOptions? options = null, string hocon = "") : Akka.Hosting.TestKit.TestKit
{
    private readonly LogList _log = new();

    protected IReadOnlyCollection<string> Logged => _log.Lines;

    /// <summary>Clients of the admin page.</summary>
    protected WebSocketTestKit Admin => field ??= new WebSocketTestKit(this, endpoint);

    /// <summary>Clients of the app.</summary>
    protected WebSocketTestKit App => field ??= new WebSocketTestKit(this, "ws://*:80");

    protected override void ConfigureServices(HostBuilderContext context, IServiceCollection services) =>
        services.AddSingleton<ILoggerProvider>(_log);

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => builder
        .AddHocon($"ws-actors.origin.allowed = [\"https://friend.example\"]\n{hocon}", HoconAddMode.Prepend)
        .WithWebSockets(static ws => ws
            .Listen("ws://*:80")
            .Map("/room", Props.Create<Silent>(), new WebSocketRouteOptions { Guard = GuardAsync }))
        .WithWebSocketAdmin(endpoint, options)
        .AddHocon(WebSocketTestKit.Config, HoconAddMode.Prepend)
        .AddSetup(WebSocketTestKit.CreateWebSocketSetup());

    /// <summary>A connection of a user of the app.</summary>
    protected ClientProbe ConnectAs(string user) => App.Connect("/room", $"X-User: {Uri.EscapeDataString(user)}");

    protected void ConnectAll(params string[] users) => Array.ForEach(users, user => ConnectAs(user));

    /// <summary>The next message of the server.</summary>
    protected static JsonElement Expect(ClientProbe page, string type)
    {
        var message = JsonDocument.Parse(page.ExpectAnyText()).RootElement;
        Assert.Equal(type, message.GetProperty("type").GetString());
        return message;
    }

    private static Task<GuardDecision> GuardAsync(UpgradeRequest request, CancellationToken cancellation)
    {
        var user = request.Http.Headers["X-User"] is { } name ? Uri.UnescapeDataString(name) : null;
        return Task.FromResult(GuardDecision.Accept(user is null
            ? null
            : new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "test"))));
    }

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
