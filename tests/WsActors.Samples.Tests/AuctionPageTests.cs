using Microsoft.Playwright;
using WsActors.EndToEnd.Tests;
using static Microsoft.Playwright.Assertions;

namespace WsActors.Samples.Tests;

/// <summary>The page of the Auction in a browser: its login, its cookie and its session.</summary>
public sealed class AuctionPageTests(AuctionApp app, Browser browser) : IClassFixture<AuctionApp>, IClassFixture<Browser>
{
    [BrowserFact]
    public async Task Two_visitors_see_each_other_and_their_bids()
    {
        var ann = await EnterAsync("ann");
        var bob = await EnterAsync("bob");
        await Expect(ann.Locator("#watchers")).ToHaveTextAsync("ann, bob");
        await Expect(bob.Locator("#watchers")).ToHaveTextAsync("ann, bob");
        await Expect(bob.Locator("#bid")).ToHaveTextAsync("No bid yet");

        await BidAsync(ann, "3");
        await Expect(ann.Locator("#state")).ToHaveTextAsync("Your bid is the highest");
        await Expect(bob.Locator("#bid")).ToHaveTextAsync("ann bids 3");
        await BidAsync(bob, "2");
        await Expect(bob.Locator("#state")).ToHaveTextAsync("Too low");

        // A page that is left closes its session; one that vanishes is kept for sessions.retention.
        await bob.GotoAsync("about:blank");
        await Expect(ann.Locator("#watchers")).ToHaveTextAsync("ann");
    }

    private async Task<IPage> EnterAsync(string name)
    {
        var page = await browser.NewPageAsync(app.Address);
        await page.FillAsync("#name", name);
        await page.ClickAsync("#login button");
        await Expect(page.Locator("#state")).ToHaveTextAsync("Connected");
        return page;
    }

    private static async Task BidAsync(IPage page, string amount)
    {
        await page.FillAsync("#amount", amount);
        await page.ClickAsync("#offer button");
    }
}
