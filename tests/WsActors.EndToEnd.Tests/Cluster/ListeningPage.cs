using System.Text.Json;
using Microsoft.Playwright;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>A page in a real browser with a <c>WsSession</c> to the echo, which works like a <see cref="SessionListener"/>.</summary>
internal sealed class ListeningPage
{
    private readonly IPage _page;

    private ListeningPage(IPage page) => _page = page;

    public static async Task<ListeningPage> OpenAsync(Browser browser, Uri server)
    {
        var page = await browser.NewPageAsync(new Uri(server, "/health/live"));
        await page.AddScriptTagAsync(new PageAddScriptTagOptions { Url = new Uri(server, "/session.js").ToString() });
        await page.EvaluateAsync("""
            () => new Promise(opened => {
              const heard = window.heard = { session: null, last: 0, said: 0, echoed: 0, longestPause: 0, fault: null };
              const require = (holds, otherwise) => { heard.fault ??= holds ? null : otherwise; };
              const session = new WsSession('/echo');
              let since = null;
              session.addEventListener('open', ({ detail }) => { require(detail.recovered !== false, 'its session was lost'); opened(); });
              session.addEventListener('close', ({ code }) => require(false, `its session was closed: ${code}`));
              session.addEventListener('message', ({ data }) => {
                const now = performance.now();
                heard.longestPause = Math.max(heard.longestPause, now - (since ?? now));
                since = now;
                if (data.startsWith('echo ')) {
                  require(data === `echo ${++heard.echoed}`, `'${data}' came, and not echo ${heard.echoed}`);
                } else {
                  heard.session ??= data.split(' ')[0];
                  require(data === `${heard.session} ${++heard.last}`, `'${data}' came, and not ${heard.last}`);
                  if (heard.last % 5 === 0) { session.send(`echo ${++heard.said}`); }
                }
              });
            })
            """);
        return new ListeningPage(page);
    }

    /// <summary>The messages that it has received.</summary>
    public async Task<SessionListener.Figures> AskAsync()
    {
        var heard = await _page.EvaluateAsync<JsonElement>("heard");
        return new SessionListener.Figures(
            heard.GetProperty("session").GetString(),
            heard.GetProperty("last").GetInt64(),
            heard.GetProperty("said").GetInt64(),
            heard.GetProperty("echoed").GetInt64(),
            TimeSpan.FromMilliseconds(heard.GetProperty("longestPause").GetDouble()),
            heard.GetProperty("fault").GetString());
    }
}
