using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using WsActors.EndToEnd.Tests.Cluster;

namespace WsActors.EndToEnd.Tests;

/// <summary>A page's session against the real program, whose sockets are cut on the way: <c>session.js</c> in a room of the chat.</summary>
public sealed class SessionPageServerTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private const string Room = "/chat/tea?name=Ann";

    private static readonly PageAddScriptTagOptions Script = new() { Url = "/session.js" };

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => browser.ClosePagesAsync();

    [BrowserFact]
    public async Task Messages_of_both_directions_arrive_once_and_in_order_across_cut_sockets()
    {
        const int Cuts = 5;
        const int Burst = 20;
        await using var server = await ServerProcess.StartAsync();
        await using var relay = new Relay(server);
        using var bob = await ChatClient.EnterAsync(server, "tea", "Bob");
        var page = await EnterAsync(relay);
        for (var cut = 0; cut < Cuts; cut++)
        {
            // Half of it is on its way when the socket is cut, the other half is sent while there is no socket.
            await SayAsync(2 * cut * Burst);
            relay.Cut();
            await SayAsync(((2 * cut) + 1) * Burst);
            await page.WaitForFunctionAsync(
                "cuts => told.filter(event => event === 'open true').length === cuts && session.bufferedAmount === 0", cut + 1);
        }

        var all = Enumerable.Range(0, 2 * Cuts * Burst).Select(Number).ToArray();
        foreach (var number in all)
        {
            Assert.Equal(number, await bob.HearAsync("Ann"));
        }

        await ExpectHeardAsync(page, "Bob", all);
        await ExpectHeardAsync(page, "Ann", all);
        var opens = await ToldAsync(page, "open");
        Assert.Equal(["open new", .. Enumerable.Repeat("open true", Cuts)], opens);

        async Task SayAsync(int first)
        {
            await page.EvaluateAsync(
                "([first, count]) => { for (let i = first; i < first + count; i++) { session.send(JSON.stringify({ type: 'say', text: "
                    + "`${i}` })); } }",
                new[] { first, Burst });
            for (var i = first; i < first + Burst; i++)
            {
                await bob.SayAsync(Number(i));
            }
        }
    }

    [BrowserFact]
    public async Task After_the_retention_the_page_is_told_the_lost_session_and_unacknowledged_messages()
    {
        await using var server = await ServerProcess.StartAsync("--set", "ws-actors.sessions.retention=1s");
        await using var relay = new Relay(server);
        using var bob = await ChatClient.EnterAsync(server, "tea", "Bob");
        var page = await EnterAsync(relay);
        relay.Close();
        relay.Cut();
        await page.WaitForFunctionAsync("session.state === 'away'");
        await page.EvaluateAsync("session.send('never')");

        await bob.ExpectAsync("left", "Ann");
        relay.TurnTo(server);

        await page.WaitForFunctionAsync("told.some(event => event.startsWith('open false'))");
        Assert.Equal(["reset never"], await ToldAsync(page, "reset"));
        Assert.Equal(["open new", "open false"], await ToldAsync(page, "open"));
        await bob.ExpectAsync("joined", "Ann");
        await page.EvaluateAsync("session.send(JSON.stringify({ type: 'say', text: 'again' }))");
        Assert.Equal("again", await bob.HearAsync("Ann"));
    }

    [BrowserFact]
    public async Task A_duplicated_tab_resumes_the_session_and_the_first_does_not_reconnect()
    {
        const string Kept = """{ "storageKey": "kept" }""";
        await using var server = await ServerProcess.StartAsync();
        await using var relay = new Relay(server);
        using var bob = await ChatClient.EnterAsync(server, "tea", "Bob");
        var page = await EnterAsync(relay, Kept);
        var other = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync("void open(location.href)"));
        await other.AddScriptTagAsync(Script);

        await PageSession.BeginAsync(other, Room, Kept);

        await page.WaitForFunctionAsync("told.includes('close 4409')");
        await bob.SayAsync("once");
        await ExpectHeardAsync(other, "Bob", "once");
        Assert.Equal(["open true"], await ToldAsync(other, "open"));
        Assert.Empty(await ToldAsync(page, "away"));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Ann's page, with a session in the room that the test made: the page of the health route, which has no script of its own.
    /// </summary>
    private async Task<IPage> EnterAsync(Relay relay, string options = "{}")
    {
        var page = await browser.NewPageAsync(new Uri(relay.Address, "/health/live"));
        await page.AddScriptTagAsync(Script);
        await PageSession.BeginAsync(page, Room, options);
        await page.WaitForFunctionAsync("told.some(event => event.startsWith('message '))");
        return page;
    }

    private static async Task<string[]> ToldAsync(IPage page, string type) =>
        [.. (await page.EvaluateAsync<string[]>("told")).Where(entry => entry.StartsWith(type + ' ', StringComparison.Ordinal))];

    /// <summary>Expects exactly these lines of one person on the page.</summary>
    private static async Task ExpectHeardAsync(IPage page, string name, params string[] texts)
    {
        await page.WaitForFunctionAsync(
            "([name, count]) => told.filter(event => event.startsWith(`message {\"type\":\"said\",\"name\":\"${name}\"`)).length >= "
                + "Number(count)",
            new[] { name, Number(texts.Length) });
        var heard = (await ToldAsync(page, "message"))
            .Select(static entry => JsonSerializer.Deserialize<JsonElement>(entry["message ".Length..]))
            .Where(entry => entry.GetProperty("type").GetString() == "said" && entry.GetProperty("name").GetString() == name)
            .Select(static entry => entry.GetProperty("text").GetString()!); // it has one
        Assert.Equal(texts, heard);
    }
}
