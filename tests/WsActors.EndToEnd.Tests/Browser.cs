using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The system's Chromium, headless; one for all tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>
    /// The limit of a wait in milliseconds. On one core that pages and nodes share, a page was seen to run 5 times a minute.
    /// </summary>
    private const float Patience = 180_000;

    private IPlaywright? _playwright;

    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Chromium is { } chromium)
        {
            SetDefaultExpectTimeout(Patience);
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = chromium,
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

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A new visitor's page: a separate context has no stored state. It takes any certificate.</summary>
    public async Task<IPage> NewPageAsync(Uri address)
    {
        Assert.True(_browser is not null, "No browser was found, and one is required here: install Chromium.");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return page;
    }
}
