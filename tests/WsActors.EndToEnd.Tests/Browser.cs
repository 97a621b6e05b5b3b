using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The system's Chromium, headless: one for all tests of a process; the pages are those of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>
    /// The limit of a wait in milliseconds. On one core that pages and nodes share, a page was seen to run 5 times a minute.
    /// </summary>
    private const float Patience = 180_000;

    /// <summary>It ends with the process: Playwright's driver closes it when its standard input ends.</summary>
    private static readonly Lazy<Task<IBrowser>> Shared = new(LaunchAsync);

    private readonly ConcurrentBag<IBrowserContext> _contexts = [];

    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Chromium is not null)
        {
            _browser = await Shared.Value;
        }
    }

    public Task DisposeAsync() => ClosePagesAsync();

    /// <summary>
    /// Closes all pages of the class, for a test that is over: a page that stays looks for its server for as long as there are tests.
    /// </summary>
    public async Task ClosePagesAsync()
    {
        while (_contexts.TryTake(out var context))
        {
            await context.CloseAsync();
        }
    }

    /// <summary>A new visitor's page: a separate context has no stored state. It takes any certificate.</summary>
    public async Task<IPage> NewPageAsync(Uri address)
    {
        Assert.True(_browser is not null, "No browser was found, and one is required here: install Chromium.");
        // Without the animations of the styles: one that a page shows until it is connected again paints it 60 times a second.
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions { IgnoreHTTPSErrors = true, ReducedMotion = ReducedMotion.Reduce });
        _contexts.Add(context);
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return page;
    }

    private static async Task<IBrowser> LaunchAsync()
    {
        SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = BrowserFactAttribute.Chromium,
            Args =
            [
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        });
    }
}
