using System.Net;
using Akka.Actor;
using Microsoft.Playwright;
using WsActors.Routing;
using WsActors.Server.Pages;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>What the chat page does with each way its connection may end. It is served under a path prefix, as behind a proxy.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("page");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.Terminate();

    [BrowserTheory]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1006)]
    public async Task It_comes_back_after_what_passes(int code)
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
    public async Task It_stays_away_after_what_does_not(int code)
    {
        var page = await EnterAsync(code);

        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-state", "closed");
        await Expect(page.Locator("#state")).ToContainTextAsync($"({code})");
    }

    [Fact]
    public async Task Its_answers_let_it_load_nothing_but_its_own()
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

    /// <summary>Enters a room whose handler closes every connection with a code; 1006 is what a browser says of a refused handshake.</summary>
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

        var bound = await _system.WebSockets().Bind("ws://127.0.0.1:0", routes);
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
