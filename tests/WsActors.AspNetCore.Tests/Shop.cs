using System.Security.Claims;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;
using WsActors.Routing;

namespace WsActors.AspNetCore.Tests;

/// <summary>An app as it runs in production, up to its server. Tests of the kit copy nothing of it.</summary>
internal static class Shop
{
    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication("Cookies").AddCookie(static cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(10));
        builder.Services.AddAuthorization();
        builder.Services.AddCors();
        builder.Services.AddScoped(static _ => new Prices("€"));
        builder.Services.AddAkka("shop", static akka => akka
            .ConfigureLoggers(static loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .WithWebSockets(static ws => ws.Listen("ws://*:80").Map<ShopHandler>("/own")));
        return builder;
    }

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPost("/login/{name}", static (string name, HttpContext context) => context.SignInAsync(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "name"))));
        app.MapWebSocketActor<ShopHandler>("/shop/{shelf:alpha}")
            .RequireCors(static policy => policy.WithOrigins("https://friend.example"));
        app.MapWebSocketActor<ShopHandler>("/orders", new WebSocketRouteOptions
        {
            Guard = static (request, _) => Task.FromResult(
                request.Principal?.Identity?.Name == "eve" ? GuardDecision.Reject(403, "Not you.") : GuardDecision.Accept()),
        }).RequireAuthorization();
        app.UseWebSockets();
        app.MapGet("/theirs", static async (HttpContext context, string greeting) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SayAsync(greeting);
            await socket.ReceiveAsync();
            await socket.CloseAsync();
        });
        app.MapGet("/broken", static string () => throw new InvalidOperationException("the app is broken"));
        return app;
    }
}

/// <summary>A service of the app.</summary>
internal sealed record Prices(string Currency);

/// <summary>A handler with a service and its request.</summary>
internal sealed class ShopHandler : ReceiveActor
{
    public ShopHandler(UpgradeRequest request, Prices prices)
    {
        Receive<Ws.Opened>(opened => Sender.Tell(Ws.Send.Text(
            $"{request.RouteValues.GetValueOrDefault("shelf")} for {opened.User ?? "a stranger"} from {request.ClientAddress}")));
        Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text($"{message.Text.Length} {prices.Currency}")));
    }
}
