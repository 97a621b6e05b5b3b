using System.Net;
using Akka.Actor;
using Microsoft.Playwright;
using WsActors.Routing;
using WsActors.Server.Pages;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The chat page's reaction to each end of its connection. It is served under a path prefix, as behind a proxy.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("page");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await browser.ClosePagesAsync();
        await _system.Terminate();
    }

    [BrowserTheory]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1006)]
    public async Task The_page_reconnects_after_temporary_close_codes(int code)
    {
        var page = await EnterAsync(code);

        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-state", "waiting");
        await Expect(page.Locator("#countdown")).ToContainTextAsync("Next attempt in");
    }

    [BrowserTheory]
    [InlineData(1000)]
    [InlineData(1008)]
    [InlineData(4400)]
    [InlineData(4409)]
    [InlineData(4999)]
    public async Task The_page_does_not_reconnect_after_final_close_codes(int code)
    {
        var page = await EnterAsync(code);

        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-state", "closed");
        await Expect(page.Locator("#state")).ToContainTextAsync($"({code})");
    }

    [Fact]
    public async Task The_content_security_policy_allows_only_own_resources()
    {
        await using var server = await ServerProcess.StartAsync();
        using var http = new HttpClient();

        foreach (var path in new[] { "/", "/chat.css", "/chat.js", "/session.js" })
        {
            using var answer = await http.GetAsync(server.HttpUri(path));
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        }
    }

    /// <summary>
    /// Enters a room whose handler closes every connection with a code; 1006 is a browser's code for a refused handshake.
    /// </summary>
    private async Task<IPage> EnterAsync(int code)
    {
        var routes = RouteTable.Empty
            .Get("/app/", ChatPage.Html)
            .Get("/app/chat.css", ChatPage.Css)
            .Get("/app/chat.js", ChatPage.Script)
            .Get("/app/session.js", ChatPage.Session);
        if (code != 1006)
        {
            routes = routes.Map("/app/chat/{room}", _ => Props.Create<ClosingHandler>(code), new WebSocketRouteOptions { Sessions = true });
        }

        var bound = await _system.WebSockets().BindAsync("ws://127.0.0.1:0", routes);
        var page = await browser.NewPageAsync(new Uri($"http://{(IPEndPoint)bound.LocalEndPoint}/app/"));

        // The longest delay of the jitter, so that the state can be seen.
        await page.EvaluateAsync("Math.random = () => 0.999");
        await page.FillAsync("#room", "tea");
        await page.FillAsync("#name", "Ann");
        await page.ClickAsync("#join");
        return page;
    }

    private sealed class ClosingHandler : ReceiveActor
    {
        public ClosingHandler(int code) => Receive<Ws.Opened>(_ => Sender.Tell(new Ws.Close(code, "because")));
    }
}
