using WsActors.EndToEnd.Tests;

namespace WsActors.Samples.Tests;

/// <summary>A page whose WebSockets are streams of the HTTP/2 connection that brought it (RFC 8441).</summary>
public sealed class Http2PageTests(Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task A_session_over_HTTP_2_echoes_and_resumes_after_a_reset_of_its_stream()
    {
        await using var app = await EchoPageApp.StartAsync();
        var page = await browser.NewPageAsync(app.Address);
        await PageSession.BeginAsync(page, "echo");
        await page.EvaluateAsync("session.send('one')");
        await PageSession.ExpectToldAsync(page, "open new", "message one");

        app.Reset();
        await page.WaitForFunctionAsync("told.includes('away 1006')");
        await page.EvaluateAsync("session.send('two')");
        await PageSession.ExpectToldAsync(page, "open new", "message one", "away 1006", "open true", "message two");

        Assert.Equal(["CONNECT https HTTP/2", "CONNECT https HTTP/2"], app.Requests);
        await page.EvaluateAsync("session.close()");
        await app.EmptyAsync();
    }
}
