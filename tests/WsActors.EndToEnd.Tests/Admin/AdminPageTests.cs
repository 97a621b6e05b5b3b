using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Actor;
using Microsoft.Playwright;
using WsActors.Protocol.Frames;
using WsActors.Tests.Loopback;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests.Admin;

/// <summary>The admin page in a real browser, over three nodes. One scenario: the cluster and the browser start once.</summary>
public sealed class AdminPageTests(Browser browser, AdminNodes nodes) : IClassFixture<Browser>, IClassFixture<AdminNodes>
{
    private const string Script = "<img src=x onerror=alert(1)>";

    /// <summary>The override would show what follows from right to left.</summary>
    private const string Slow = "\u202e<script>alert(2)</script>";

    private const string SlowInLog = @"\u202e<script>alert(2)</script>";

    private static readonly string AxeFile = Path.Combine(NodeFactAttribute.Folder, "node_modules", "axe-core", "axe.min.js");

    [BrowserFact]
    public async Task A_slow_reader_is_seen_and_kicked_and_a_node_is_drained()
    {
        List<ClientWebSocket> clients =
        [
            .. await Task.WhenAll(Enumerable.Range(0, 24).Select(
                i => nodes.ConnectAsync(i % 3, $"user {i:00}", $"topic {i % 6}", hasSession: i % 6 == 0))),
            await nodes.ConnectAsync(2, Script, $"topic {Script}"),
        ];
        var page = await browser.NewPageAsync(nodes.Address);
        page.Dialog += (_, _) => Assert.Fail("A name ran as a script.");
        await page.SetViewportSizeAsync(1280, 860);
        await LogInAsync(page);

        await Expect(page.Locator("#nodes tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("#nodes .badge")).ToHaveTextAsync(["listening", "listening", "listening"]);
        await KickTheSlowReaderAsync(page);
        await FindByKeyboardAsync(page);
        await LookAtListsAsync(page);
        await LookAtAsync(page, clients[^1]);
        await ComeBackAsync(page);
        await DrainAsync(page, clients[2]);
        Assert.Equal(0, await page.Locator("main img, main script").CountAsync());
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(nodes.Log, static line => line.Contains(AdminNodes.Token, StringComparison.Ordinal));
        clients.ForEach(static client => client.Dispose());
    }

    /// <summary>A wrong token is refused; the right one is asked for once.</summary>
    private static async Task LogInAsync(IPage page)
    {
        await ExpectStateAsync(page, "token");
        await Expect(page.Locator("#token")).ToBeFocusedAsync();
        await page.FillAsync("#token", "correct horse battery stapls");
        await page.PressAsync("#token", "Enter");
        await Expect(page.Locator("#token-error")).ToHaveTextAsync("The server refused this token.");
        await page.FillAsync("#token", AdminNodes.Token);
        await page.PressAsync("#token", "Enter");
        await ExpectStateAsync(page, "connected");
        await page.ReloadAsync();
        await ExpectStateAsync(page, "connected");
        await Expect(page.Locator("#state")).ToContainTextAsync("as token from 127.0.0.1");
    }

    private async Task KickTheSlowReaderAsync(IPage page)
    {
        using var slow = await RawClient.Connect(nodes.EndPointOf(1), AdminNodes.PathOf(Slow, "news"), receiveBuffer: 4096);
        var row = page.Locator("#readers .row", new PageLocatorOptions { HasText = Slow });
        while (await row.CountAsync() == 0)
        {
            // The kernel takes a few of these bursts.
            await slow.Send(Wire.Binary([1]));
            await page.WaitForTimeoutAsync(100);
        }

        await Expect(row.Locator(".who")).ToHaveTextAsync(Slow);
        await row.ClickAsync();
        await Expect(page.Locator("#detail-title")).ToHaveTextAsync(Slow);
        await Expect(page.Locator("#detail-facts")).ToContainTextAsync(nodes.NameOf(1));
        await page.ClickAsync("#detail-kick");
        await Expect(page.Locator("#confirm-title")).ToHaveTextAsync($"Kick {Slow}?");
        Assert.True(
            await page.EvaluateAsync<bool>("""
                () => {
                  const name = document.querySelector('#confirm-title bdi');
                  const mark = document.createRange();
                  mark.selectNode(name.nextSibling);
                  return mark.getBoundingClientRect().left >= [...name.getClientRects()].at(-1).right - 1;
                }
                """),
            "The name reorders the question.");
        await Expect(page.Locator("#confirm-text")).ToContainTextAsync("has 1 connection on all nodes");
        await page.FillAsync("#reason", "<b>read faster</b>");
        await page.ClickAsync("#confirm-do");

        await Expect(page.Locator("#result")).ToHaveTextAsync("1 connection was told to close.");
        await Expect(page.Locator("#detail-state")).ToHaveTextAsync("It was told to close, and its client has not answered yet.");
        Frame frame;
        do
        {
            frame = await slow.ReadFrame();
        }
        while (frame.Opcode != Opcode.Close);

        Assert.Equal((1008, "<b>read faster</b>"), (frame.CloseCode, frame.Text[2..]));
        slow.Dispose();
        await Expect(page.Locator("#detail-state")).ToHaveTextAsync("This connection is closed.");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#readers")).ToHaveTextAsync("Every client reads what it is sent.");
        Assert.Contains(
            $"Admin token from 127.0.0.1: close all of user {SlowInLog} with 1008 '<b>read faster</b>': 1 connection was told to close.",
            nodes.Log);
    }

    private static async Task FindByKeyboardAsync(IPage page)
    {
        var rows = page.Locator("#view-connections tbody tr");
        await page.Locator("nav a", new PageLocatorOptions { HasText = "Connections" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(AdminNodes.PageSize);
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#view-connections .filter")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("ONERROR");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.Locator("button")).ToHaveTextAsync(Script);
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(rows.Locator("button")).ToBeFocusedAsync();
        await page.WaitForTimeoutAsync(2_500); // the row is refreshed meanwhile
        await Expect(rows.Locator("button")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#detail-title")).ToHaveTextAsync(Script);
        await page.Keyboard.PressAsync("Escape");
        await Expect(rows.Locator("button")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("Escape");
        await Expect(rows).ToHaveCountAsync(AdminNodes.PageSize);

        var header = page.Locator("#view-connections th", new PageLocatorOptions { HasText = "User" });
        await header.Locator("button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(header).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.Keyboard.PressAsync("Enter");
        await Expect(header).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(rows.First.Locator("button")).ToHaveTextAsync("user 23");

        // On a busy machine a node may not answer in time, and its rows are missing. The next page begins behind the last row.
        await Expect(rows.Last.Locator("button")).ToHaveTextAsync("user 04");
        await page.Locator("#view-connections .pager button", new PageLocatorOptions { HasText = "Next" }).ClickAsync();
        await Expect(rows.First.Locator("button")).ToHaveTextAsync("user 03");
        await Expect(page.Locator("#view-connections .pager p")).ToHaveTextAsync("Page 2, 6 rows");
    }

    private static async Task LookAtListsAsync(IPage page)
    {
        await page.ClickAsync("text=Topics");
        await Expect(page.Locator("#view-topics tbody tr")).ToHaveCountAsync(7);
        await page.FillAsync("#view-topics .filter", "topic <");
        await Expect(page.Locator("#view-topics tbody td").First).ToHaveTextAsync($"topic {Script}");
        await page.ClickAsync("text=Sessions");
        var sessions = page.Locator("#view-sessions tbody tr");
        await Expect(sessions).ToHaveCountAsync(4);
        await sessions.First.Locator("text=End…").ClickAsync();
        await page.ClickAsync("text=End 1 session");
        await Expect(page.Locator("#result")).ToHaveTextAsync("The session was told to end.");
        await Expect(sessions).ToHaveCountAsync(3);
    }

    /// <summary>Pictures for people, and what axe finds, in both themes and sizes.</summary>
    private static async Task LookAtAsync(IPage page, ClientWebSocket client)
    {
        Assert.True(
            File.Exists(AxeFile) || Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_NODE") is null,
            "axe-core is missing, and it is required here: run 'npm install' in clients/node.");
        if (File.Exists(AxeFile))
        {
            await page.EvaluateAsync(await File.ReadAllTextAsync(AxeFile));
        }

        await page.EvaluateAsync("document.getElementById('result').click()"); // a click takes it away
        foreach (var view in new[] { "Sessions", "Topics", "Connections", "Overview" })
        {
            await page.ClickAsync($"nav >> text={view}");
            await ExpectNothingSeriousAsync(page, view);
        }

        foreach (var (size, width, height) in new[] { ("phone", 390, 844), ("desktop", 1280, 860) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                await page.PictureAsync($"admin-{size}-{scheme}".ToLowerInvariant());
            }

            await ExpectNothingSeriousAsync(page, $"{size}, dark");
            await page.ClickAsync("nav >> text=Sessions"); // their ids are the longest texts
            await Expect(page.Locator("#view-sessions tbody button").First).ToBeVisibleAsync();
            Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
            await page.ClickAsync("nav >> text=Overview");
        }

        await page.ClickAsync("nav >> text=Connections");
        await page.FillAsync("#view-connections .filter", "onerror");
        await Expect(page.Locator("#view-connections tbody tr")).ToHaveCountAsync(1);
        await page.ClickAsync("#view-connections tbody button");
        await TapAsync(page, client);
        await page.ClickAsync("#detail-close");
        await ExpectNothingSeriousAsync(page, "the dialog");
        await page.PictureAsync("admin-dialog");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");
        await page.ClickAsync("nav >> text=Overview");
    }

    /// <summary>Taps the connection of the open details, which is one of another node.</summary>
    private static async Task TapAsync(IPage page, ClientWebSocket client)
    {
        await page.ClickAsync("#detail-tap");
        await Expect(page.Locator("#tap-confirm-text")).ToContainTextAsync("logged, with your name: token from 127.0.0.1.");
        await page.CheckAsync("#tap-payload");
        await ExpectNothingSeriousAsync(page, "the dialog of the tap");
        await page.PictureAsync("admin-tap-dialog");
        await page.ClickAsync("#tap-confirm-do");
        var shown = Expect(page.Locator("#tap-entries .frame bdi").First).ToHaveTextAsync(Script);
        while (!shown.IsCompleted)
        {
            // The first one may come before the tap.
            await client.SendAsync(Encoding.UTF8.GetBytes(Script), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            await Task.WhenAny(shown, Task.Delay(250));
        }

        await shown;
        await Expect(page.Locator("#tap-entries")).ToContainTextAsync("3c 69 6d 67 20 73 72 63");
        Assert.Equal(0, await page.Locator("#tap-entries img").CountAsync());
        await ExpectNothingSeriousAsync(page, "the tap");
        await page.PictureAsync("admin-tap");
        await page.SetViewportSizeAsync(390, 844);
        await page.PictureAsync("admin-tap-phone");
        await page.SetViewportSizeAsync(1280, 860);
        await page.EvaluateAsync("document.getElementById('tap-stop').click()"); // hidden, if its time is over
        await Expect(page.Locator("#tap-state")).ToHaveTextAsync(new Regex(@"^\d+ frames?, \d+ events?: (stopped|30 s are over)\.$"));
    }

    private static async Task ExpectNothingSeriousAsync(IPage page, string where)
    {
        if (File.Exists(AxeFile))
        {
            var found = await page.EvaluateAsync<string[]>("""
                async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
                  .filter(one => one.impact === 'serious' || one.impact === 'critical')
                  .map(one => `${one.id}: ${one.nodes[0].html}`)
                """);
            Assert.True(found.Length == 0, $"{where}: {string.Join('\n', found)}");
        }
    }

    /// <summary>The page connects again by itself, without asking for the token.</summary>
    private async Task ComeBackAsync(IPage page)
    {
        await nodes[0].WebSockets().Manager.Ask<Ws.KickedInCluster>(
            new Ws.KickInCluster(new Ws.ConnectionFilter { Route = "/socket" }, new Ws.Close(1012)));

        await Expect(page.Locator("#countdown")).ToContainTextAsync("Next attempt in");
        await ExpectStateAsync(page, "connected");
    }

    private async Task DrainAsync(IPage page, ClientWebSocket client)
    {
        var row = page.Locator("#nodes tbody tr", new PageLocatorOptions { HasText = nodes.NameOf(2) });
        await row.Locator("button").ClickAsync();
        await Expect(page.Locator("#confirm-text")).ToContainTextAsync("Clients come back at the other 2 nodes.");
        await Expect(page.Locator("#confirm .cancel")).ToBeFocusedAsync();
        await page.ClickAsync("#confirm-do");

        await Expect(page.Locator("#result")).ToContainTextAsync("Drained: ");
        await Expect(row.Locator(".badge")).ToHaveTextAsync("drained");
        await Expect(row.Locator("button")).ToBeDisabledAsync();
        while (client.State == WebSocketState.Open)
        {
            await client.ReceiveAsync(new byte[1024], CancellationToken.None).WaitAsync(Eventually.Patience);
        }

        Assert.Equal(1012, (int?)client.CloseStatus);
        Assert.Contains(
            nodes.Log,
            line => line.StartsWith($"Admin token from 127.0.0.1: drain {nodes.NameOf(2)}: Drained: ", StringComparison.Ordinal));
    }

    private static Task ExpectStateAsync(IPage page, string state) =>
        Expect(page.Locator("body")).ToHaveAttributeAsync("data-state", state);
}
