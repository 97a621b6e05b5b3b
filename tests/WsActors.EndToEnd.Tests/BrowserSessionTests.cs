using Microsoft.Playwright;
using WsActors.EndToEnd.Tests.Cluster;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The chat page in a real browser, against the real program, whose sockets are cut on the way.</summary>
public sealed class BrowserSessionTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => browser.ClosePagesAsync();

    [BrowserFact]
    public async Task A_page_with_a_cut_socket_shows_it_resumes_and_has_every_line_once()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var relay = new Relay(server);
        using var bob = await ChatClient.EnterAsync(server, "tea", "Bob");
        var ann = await browser.EnterAsync(relay.Address, "Ann");
        await Expect(ann.Locator("#node")).ToHaveTextAsync(Environment.MachineName);
        await ann.SayAsync("one");
        await bob.SayAsync("eins");
        await Expect(ann.Said("Bob")).ToHaveTextAsync(["eins"]);

        // Her own line may arrive after a later one, since its way is longer.
        await Expect(ann.Locator("#log [data-kind=pending]")).ToHaveCountAsync(0);
        relay.Close();
        relay.Cut();
        await ann.ExpectStateAsync("waiting");
        await Expect(ann.Locator("#node")).ToBeHiddenAsync();
        await bob.SayAsync("zwei");
        await ann.SayAsync("two");
        await ann.SayAsync("three");
        await Expect(ann.Locator("#log [data-kind=pending] .said")).ToHaveTextAsync(["two", "three"]);
        await ann.PictureAsync("chat-waiting");
        await ann.SetViewportSizeAsync(390, 760);
        await ann.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await ann.PictureAsync("chat-waiting-phone");
        relay.TurnTo(server);
        await ann.HurryAsync();

        await ann.ExpectStateAsync("connected");
        await Expect(ann.Notice("back")).ToHaveCountAsync(1);
        await Expect(ann.Locator("#node")).ToHaveTextAsync(Environment.MachineName);
        await Expect(ann.Said("Ann")).ToHaveTextAsync(["one", "two", "three"]);
        await Expect(ann.Said("Bob")).ToHaveTextAsync(["eins", "zwei"]);
        await Expect(ann.Locator("#log [data-kind=pending]")).ToHaveCountAsync(0);
        Assert.Equal(["one", "two", "three"], [await bob.HearAsync("Ann"), await bob.HearAsync("Ann"), await bob.HearAsync("Ann")]);
    }

    [BrowserFact]
    public async Task A_page_that_returns_too_late_shows_the_lost_session_and_the_unacknowledged_lines()
    {
        await using var server = await ServerProcess.StartAsync("--set", "ws-actors.sessions.retention=1s");
        await using var relay = new Relay(server);
        using var bob = await ChatClient.EnterAsync(server, "tea", "Bob");
        var ann = await browser.EnterAsync(relay.Address, "Ann");
        await LoseSessionAsync(server, relay, ann, bob);

        await Expect(ann.Notice("lost")).ToContainTextAsync("The server lost your session");
        await ann.ExpectStateAsync("connected");
        await ann.ExpectPeopleAsync("Ann", "Bob");
        var unsure = ann.Locator("#log [data-kind=unsure]");
        await Expect(unsure.Locator(".said")).ToHaveTextAsync(["can you hear me?"]);
        await ann.PictureAsync("chat-lost");
        for (var i = 1; i <= 30; i++)
        {
            // One at a time and painted, so that the page handles each of its scroll events.
            await bob.SayAsync($"{i}");
            await Expect(ann.Said("Bob").Last).ToHaveTextAsync($"{i}");
            await ann.EvaluateAsync("new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))");
        }

        await Expect(unsure.Locator("button")).ToBeInViewportAsync();
        await Expect(ann.Said("Bob").Last).Not.ToBeInViewportAsync();
        await ann.PictureAsync("chat-lost-and-talk-goes-on");
        await unsure.Locator("button").ClickAsync();
        Assert.Equal("can you hear me?", await bob.HearAsync("Ann"));
        await Expect(unsure).ToHaveCountAsync(0);
        await Expect(ann.Said("Ann")).ToHaveTextAsync(["can you hear me?"]);
        await Expect(ann.Said("Ann")).ToBeInViewportAsync();
    }

    [BrowserFact]
    public async Task A_click_is_not_lost_when_a_line_arrives_before_it_ends()
    {
        await using var server = await ServerProcess.StartAsync("--set", "ws-actors.sessions.retention=1s");
        await using var relay = new Relay(server);
        using var bob = await ChatClient.EnterAsync(server, "tea", "Bob");
        var ann = await browser.EnterAsync(relay.Address, "Ann");
        for (var i = 1; i <= 30; i++)
        {
            await bob.SayAsync($"{i}"); // The log is full, and scrolls with each line from now on.
        }

        await Expect(ann.Said("Bob").Last).ToHaveTextAsync("30");
        await LoseSessionAsync(server, relay, ann, bob);
        var again = ann.Locator("#log [data-kind=unsure] button");
        await Expect(again).ToBeInViewportAsync();
        await ann.ExpectStateAsync("connected");

        await again.HoverAsync();
        await ann.Mouse.DownAsync();
        await bob.SayAsync("31");
        await Expect(ann.Said("Bob").Last).ToHaveTextAsync("31");
        await ann.Mouse.UpAsync();

        await Expect(ann.Said("Ann")).ToHaveTextAsync(["can you hear me?"]);
        Assert.Equal("can you hear me?", await bob.HearAsync("Ann"));
        await Expect(ann.Said("Ann")).ToBeInViewportAsync();
        await bob.SayAsync("32");
        await Expect(ann.Said("Bob").Last).ToBeInViewportAsync();
    }

    [BrowserFact]
    public async Task A_duplicated_tab_takes_over_and_the_first_shows_it()
    {
        await using var server = await ServerProcess.StartAsync();
        using var bob = await ChatClient.EnterAsync(server, "tea", "Bob");
        var first = await browser.EnterAsync(server.HttpUri("/"), "Ann");

        var second = await first.RunAndWaitForPopupAsync(() => first.EvaluateAsync("void open(location.href)"));

        await second.ExpectStateAsync("connected");
        await second.ExpectPeopleAsync("Ann", "Bob");
        await first.ExpectStateAsync("closed");
        await Expect(first.Locator("#state")).ToHaveTextAsync("Closed: you continued in another tab or window (4409)");
        await first.PictureAsync("chat-taken-over");
    }

    /// <summary>
    /// Cuts Ann's connection until her session has expired, with a line of hers unacknowledged, and lets her page reconnect.
    /// </summary>
    private static async Task LoseSessionAsync(ServerProcess server, Relay relay, IPage ann, ChatClient bob)
    {
        relay.Close();
        relay.Cut();
        await ann.ExpectStateAsync("waiting");
        await ann.SayAsync("can you hear me?");
        await bob.ExpectAsync("left", "Ann");
        relay.TurnTo(server);
        await ann.HurryAsync();
    }
}
