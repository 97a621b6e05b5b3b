using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The actions and the state of the chat page.</summary>
internal static class ChatPeople
{
    /// <summary>Opens the page as a stranger, and enters the room <c>tea</c>.</summary>
    public static async Task<IPage> EnterAsync(this Browser browser, Uri address, string name)
    {
        var page = await browser.NewPageAsync(address);
        await page.FillAsync("#room", "tea");
        await page.FillAsync("#name", name);
        await page.ClickAsync("#join");
        await page.ExpectStateAsync("connected");
        return page;
    }

    public static async Task SayAsync(this IPage page, string text)
    {
        await page.FillAsync("#text", text);
        await page.PressAsync("#text", "Enter");
    }

    public static ILocator Said(this IPage page, string name) => page.Locator($"#log .entry[data-kind=said][data-name='{name}'] .said");

    public static ILocator Notice(this IPage page, string kind) => page.Locator($"#log .notice[data-kind={kind}]");

    public static Task ExpectStateAsync(this IPage page, string state) =>
        Expect(page.Locator("body")).ToHaveAttributeAsync("data-state", state);

    public static async Task ExpectPeopleAsync(this IPage page, params string[] names)
    {
        await Expect(page.Locator("#people li")).ToHaveCountAsync(names.Length);
        foreach (var name in names)
        {
            await Expect(page.Locator($"#people li[data-name='{name}']")).ToHaveCountAsync(1);
        }
    }

    /// <summary>Reconnects now. If the page has reconnected by itself, this has no effect: the button is hidden then.</summary>
    public static Task HurryAsync(this IPage page) => page.EvaluateAsync("document.getElementById('retry').click()");

    /// <summary>Keeps a picture of it beside the tests, for people.</summary>
    public static Task PictureAsync(this IPage page, string name) =>
        page.ScreenshotAsync(
            new PageScreenshotOptions
            {
                Path = Path.Combine(AppContext.BaseDirectory, $"{name}.png"),
                Animations = ScreenshotAnimations.Disabled,
            });
}
