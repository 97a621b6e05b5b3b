using System.Globalization;
using System.Runtime.InteropServices;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The chat page in a real browser, against the real program.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => browser.ClosePagesAsync();

    [BrowserFact]
    public async Task Two_pages_chat_across_a_reload_and_a_server_restart()
    {
        var server = await ServerProcess.StartAsync();
        try
        {
            var ann = await browser.EnterAsync(server.HttpUri("/"), "Ann");
            var bob = await browser.EnterAsync(server.HttpUri("/"), "Bob");
            await ann.ExpectPeopleAsync("Ann", "Bob");
            await bob.ExpectPeopleAsync("Ann", "Bob");

            await ann.SayAsync("<b>hello</b>");
            await Expect(bob.Said("Ann").Last).ToHaveTextAsync("<b>hello</b>");
            await bob.SayAsync("hello yourself");
            await Expect(ann.Said("Bob").Last).ToHaveTextAsync("hello yourself");

            await bob.ReloadAsync();
            await bob.ExpectStateAsync("connected");
            await ann.ExpectPeopleAsync("Ann", "Bob");
            await bob.ExpectPeopleAsync("Ann", "Bob");

            var port = server.Port;
            server.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, await server.WaitForExitAsync());
            await ann.ExpectStateAsync("waiting");
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync("--listen", string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}"));

            await ann.ExpectStateAsync("connected");
            await bob.ExpectStateAsync("connected");
            await ann.ExpectPeopleAsync("Ann", "Bob");
            await Expect(ann.Notice("lost")).ToHaveCountAsync(1);
            await bob.SayAsync("back again");
            await Expect(ann.Said("Bob").Last).ToHaveTextAsync("back again");
            await ann.PictureAsync("chat");
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

        // After its end, all its output is available.
        server.Signal(PosixSignal.SIGTERM);
        await server.WaitForExitAsync();
        Assert.Equal(1006, code);
        Assert.Contains(server.Output, static line => line.Contains("ws-actors.origin.allowed", StringComparison.Ordinal));
    }
}
