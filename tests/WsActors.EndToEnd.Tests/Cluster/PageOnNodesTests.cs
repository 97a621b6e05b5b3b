using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// Chat pages on one of three nodes, which is stopped or killed, while Bob writes on another throughout. The test plays the balancer, and
/// directs them to the third. Sessions are distributed over the nodes, so that of five, some live on the stopped node and some do not.
/// </summary>
public sealed class PageOnNodesTests(Browser browser, ITestOutputHelper output) : IClassFixture<Browser>, IAsyncLifetime
{
    private static readonly string[] Names = ["Ann", "Cy", "Dan", "Eve", "Fay"];

    // No session is lost by a terminated node however slow the machine is: the time limits of a hand-over are for machines that are not
    // overloaded.
    private readonly Trio _nodes = new(
        "--set", "akka.cluster.sharding.handoff-timeout=60s",
        "--set", "akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout=60s");

    private readonly Diary _diary = new();

    private volatile bool _isSaid;

    public Task InitializeAsync() => _nodes.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _diary.TellAsync(output);
        _nodes.Tell(output);
        await browser.ClosePagesAsync();
        await _nodes.DisposeAsync();
    }

    [BrowserFact]
    public async Task Pages_of_a_terminated_node_resume_on_another_and_chat_on()
    {
        await using var relay = new Relay([_nodes.C.Port], _diary.Listen);
        using var bob = await ChatClient.EnterAsync(_nodes.B, "tea", "Bob");
        var pages = await EnterAsync(relay, _nodes.C);
        var speaking = SpeakAsync(bob);

        var since = Stopwatch.StartNew();
        relay.TurnTo(_nodes.A);
        _nodes.C.Signal(PosixSignal.SIGTERM);
        await EachAsync(pages, static page => page.SayAsync("still here?"));
        Assert.Equal(0, await _nodes.C.WaitForExitAsync());
        output.WriteLine($"the node is gone after {since.Elapsed.TotalSeconds:0.0} s");
        await EachAsync(pages, static page => page.SayAsync("after"));

        await EachAsync(pages, page => ExpectOwnAsync(page, "still here?", "after"));
        output.WriteLine($"all were heard after {since.Elapsed.TotalSeconds:0.0} s");
        var count = await StopAsync(speaking);
        await EachAsync(pages, page => ExpectOnAsync(page, _nodes.A));
        await EachAsync(pages, static page => Expect(page.Notice("lost")).ToHaveCountAsync(0));
        var moved = 0;
        foreach (var (name, page) in pages)
        {
            var hasMoved = await page.Notice("welcome").CountAsync() > 1;
            moved += hasMoved ? 1 : 0;
            await ExpectHeardAsync(page, count, mayMiss: hasMoved);
            await page.PictureAsync($"chat-after-sigterm-{name}");
        }

        output.WriteLine($"{moved} sessions have moved, {pages.Count - moved} lived elsewhere");
        Assert.InRange(moved, 1, pages.Count - 1);
        await ExpectHeardOnceAsync(bob, pages.Keys);
    }

    [BrowserFact]
    public async Task Pages_of_a_killed_node_return_on_another_show_the_fate_of_their_sessions_and_chat_on()
    {
        await using var relay = new Relay([_nodes.C.Port], _diary.Listen);
        using var bob = await ChatClient.EnterAsync(_nodes.B, "tea", "Bob");
        var pages = await EnterAsync(relay, _nodes.C);
        var speaking = SpeakAsync(bob);
        await pages["Ann"].PictureAsync("chat-on-node");
        relay.Close();

        var since = Stopwatch.StartNew();
        _nodes.C.Kill();
        await EachAsync(pages, static page => page.ExpectStateAsync("waiting"));
        await EachAsync(pages, static page => page.SayAsync("still here?"));
        await pages["Ann"].PictureAsync("chat-node-lost");
        relay.TurnTo(_nodes.A);
        await EachAsync(pages, page => ExpectOnAsync(page, _nodes.A));
        output.WriteLine($"all are back after {since.Elapsed.TotalSeconds:0.0} s");

        var lost = new List<string>();
        foreach (var (name, page) in pages)
        {
            await page.PictureAsync($"chat-after-kill-{name}");
            if (await page.Notice("lost").CountAsync() > 0)
            {
                lost.Add(name);
                await page.Locator("#log [data-kind=unsure] button").ClickAsync();
            }
        }

        output.WriteLine($"{lost.Count} sessions were lost, {pages.Count - lost.Count} lived elsewhere");
        Assert.InRange(lost.Count, 1, pages.Count - 1);
        await EachAsync(pages, static page => page.SayAsync("after"));
        await EachAsync(pages, page => ExpectOwnAsync(page, "still here?", "after"));
        var count = await StopAsync(speaking);
        foreach (var (name, page) in pages)
        {
            await ExpectHeardAsync(page, count, mayMiss: lost.Contains(name));
        }

        await ExpectHeardOnceAsync(bob, pages.Keys);
    }

    /// <summary>All enter by one node, and see each other.</summary>
    private async Task<Dictionary<string, IPage>> EnterAsync(Relay relay, ServerProcess node)
    {
        var pages = new Dictionary<string, IPage>();
        foreach (var name in Names)
        {
            var page = await browser.EnterAsync(relay.Address, name);
            _diary.Follow(name, page);
            pages.Add(name, page);
        }

        await EachAsync(pages, page => ExpectOnAsync(page, node));
        await EachAsync(pages, static page => page.ExpectPeopleAsync(["Bob", .. Names]));
        return pages;
    }

    private static Task EachAsync(Dictionary<string, IPage> pages, Func<IPage, Task> act) => Task.WhenAll(pages.Values.Select(act));

    private static async Task ExpectOnAsync(IPage page, ServerProcess node)
    {
        using var someone = await ChatClient.EnterAsync(node, "elsewhere", "someone");
        await Expect(page.Locator("#node")).ToHaveTextAsync(someone.Node);
    }

    /// <summary>
    /// Bob counts until he is stopped: fast at first, then so slowly that his lines stay within the 500 that a page keeps.
    /// </summary>
    private async Task<int> SpeakAsync(ChatClient bob)
    {
        for (var i = 0; ; i++)
        {
            await bob.SayAsync(Number(i));
            if (_isSaid)
            {
                return i + 1;
            }

            await Task.Delay(i < 200 ? 100 : 2_000);
        }
    }

    private Task<int> StopAsync(Task<int> speaking)
    {
        _isSaid = true;
        return speaking;
    }

    /// <summary>Expects that the room has received exactly the page's own lines, and that the page knows it.</summary>
    private static async Task ExpectOwnAsync(IPage page, params string[] lines)
    {
        await Expect(page.Locator("#log .own .said")).ToHaveTextAsync(lines);
        await Expect(page.Locator("#log [data-kind=pending]")).ToHaveCountAsync(0);
    }

    /// <summary>Expects Bob's lines on the page: in order, none twice, and gaps only where the page announces them.</summary>
    private async Task ExpectHeardAsync(IPage page, int count, bool mayMiss)
    {
        await Expect(page.Said("Bob").Last).ToHaveTextAsync(Number(count - 1));
        var heard = (await page.Said("Bob").AllInnerTextsAsync())
            .Select(static text => int.Parse(text, CultureInfo.InvariantCulture))
            .ToArray();
        if (heard.Length < count)
        {
            output.WriteLine($"{count - heard.Length} of {count} lines were missed");
        }

        Assert.Equal(heard.Distinct().Order(), heard);
        Assert.True(mayMiss || heard.Length == count, $"Of {count} lines {heard.Length} came.");
    }

    /// <summary>Expects that Bob has received each line of each page once.</summary>
    private static async Task ExpectHeardOnceAsync(ChatClient bob, IReadOnlyCollection<string> names)
    {
        await bob.SayAsync("that was all");
        var heard = await bob.HearAllAsync("that was all");
        foreach (var name in names)
        {
            Assert.Equal(["still here?", "after"], heard.Where(line => line.Name == name).Select(static line => line.Text));
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
