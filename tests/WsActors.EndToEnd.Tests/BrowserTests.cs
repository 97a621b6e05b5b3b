using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The chat page in a real browser, against the real program.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task Two_pages_chat_one_reloads_the_server_goes_and_comes_back_and_both_return()
    {
        var server = await ServerProcess.StartAsync();
        try
        {
            var ann = await EnterAsync(server, "Ann");
            var bob = await EnterAsync(server, "Bob");
            await ExpectPeopleAsync(ann, "Ann", "Bob");
            await ExpectPeopleAsync(bob, "Ann", "Bob");

            await SayAsync(ann, "<b>hello</b>");
            await Expect(Said(bob, "Ann").Last).ToHaveTextAsync("<b>hello</b>");
            await SayAsync(bob, "hello yourself");
            await Expect(Said(ann, "Bob").Last).ToHaveTextAsync("hello yourself");

            await bob.ReloadAsync();
            await ExpectStateAsync(bob, "connected");
            await ExpectPeopleAsync(ann, "Ann", "Bob");
            await ExpectPeopleAsync(bob, "Ann", "Bob");

            var port = server.Port;
            server.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, await server.WaitForExitAsync());
            await ExpectStateAsync(ann, "waiting");
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync("--listen", string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}"));

            await ExpectStateAsync(ann, "connected");
            await ExpectStateAsync(bob, "connected");
            await ExpectPeopleAsync(ann, "Ann", "Bob");
            await SayAsync(bob, "back again");
            await Expect(Said(ann, "Bob").Last).ToHaveTextAsync("back again");
            await ann.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(AppContext.BaseDirectory, "chat.png") });
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [BrowserFact]
    public async Task A_page_of_another_origin_is_refused()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var other = await ServerProcess.StartAsync();

        // The policy of the chat page would stop it first, so the question is asked from a page that has none.
        var page = await browser.NewPageAsync(other.HttpUri("/health/live"));

        var code = await page.EvaluateAsync<int>(
            "url => new Promise(resolve => { new WebSocket(url).onclose = closed => resolve(closed.code); })",
            server.WebSocketUri("/echo").ToString());

        // Once it has ended, all that it wrote is there.
        server.Signal(PosixSignal.SIGTERM);
        await server.WaitForExitAsync();
        Assert.Equal(1006, code);
        Assert.Contains(server.Output, static line => line.Contains("ws-actors.origin.allowed", StringComparison.Ordinal));
    }

    private async Task<IPage> EnterAsync(ServerProcess server, string name)
    {
        var page = await browser.NewPageAsync(server.HttpUri("/"));
        await page.FillAsync("#room", "tea");
        await page.FillAsync("#name", name);
        await page.ClickAsync("#join");
        await ExpectStateAsync(page, "connected");
        return page;
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.FillAsync("#text", text);
        await page.PressAsync("#text", "Enter");
    }

    private static ILocator Said(IPage page, string name) => page.Locator($"#log .entry[data-kind=said][data-name='{name}'] .said");

    private static Task ExpectStateAsync(IPage page, string state) => Expect(page.Locator("body")).ToHaveAttributeAsync("data-state", state);

    private static async Task ExpectPeopleAsync(IPage page, params string[] names)
    {
        await Expect(page.Locator("#people li")).ToHaveCountAsync(names.Length);
        foreach (var name in names)
        {
            await Expect(page.Locator($"#people li[data-name='{name}']")).ToHaveCountAsync(1);
        }
    }
}
