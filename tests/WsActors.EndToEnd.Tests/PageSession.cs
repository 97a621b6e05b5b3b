using Microsoft.Playwright;

namespace WsActors.EndToEnd.Tests;

/// <summary>A page's <c>session</c>, a <c>WsSession</c> that the test created, and its events in <c>told</c>.</summary>
internal static class PageSession
{
    /// <summary>Creates it, with short delays, and records its events from the start.</summary>
    public static Task BeginAsync(IPage page, string url, string options = "{}") => page.EvaluateAsync(
        """
        ([url, options]) => {
          Math.random = () => 0.01;
          window.told = [];
          window.session = new WsSession(url, JSON.parse(options));
          const text = data => typeof data === 'string' ? data : [...new Uint8Array(data)].join();
          const note = { open: e => e.detail.recovered, message: e => text(e.data), away: e => e.detail.code, close: e => e.code,
            reset: e => e.detail.messages.map(text).join(' ') };
          for (const type in note) { session.addEventListener(type, event => told.push(`${type} ${note[type](event)}`)); }
        }
        """,
        new[] { url, options });

    /// <summary>Expects exactly these events of the page, since its session was created.</summary>
    public static async Task ExpectToldAsync(IPage page, params string[] events)
    {
        await page.WaitForFunctionAsync("count => told.length >= count", events.Length);
        Assert.Equal(events, await page.EvaluateAsync<string[]>("told"));
    }
}
