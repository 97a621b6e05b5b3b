namespace WsActors.EndToEnd.Tests;

/// <summary>
/// The arguments of a <c>WsSession</c>: it refuses those that the browser's own <c>WebSocket</c> refuses, with the same error, and without
/// a change of state.
/// </summary>
public sealed class SessionPageArgumentTests(Browser browser) : SessionPage(browser), IClassFixture<Browser>
{
    /// <summary>Whether both throw the same exception, and which.</summary>
    private const string Compare = """
        window.compare = (ofSession, ofSocket) => {
          const [one, other] = [ofSession, ofSocket].map(action => { try { action(); return 'nothing'; } catch (e) { return e.name; } });
          return one === other ? one : `${one}, not ${other}`;
        }
        """;

    [BrowserTheory]
    [InlineData("1001", "InvalidAccessError")]
    [InlineData("0", "InvalidAccessError")]
    [InlineData("1005", "InvalidAccessError")]
    [InlineData("2999", "InvalidAccessError")]
    [InlineData("5000", "InvalidAccessError")]
    [InlineData("null", "InvalidAccessError")]
    [InlineData("'x'", "InvalidAccessError")]
    [InlineData("1000, 'r'.repeat(124)", "SyntaxError")]
    [InlineData("1000, 'ü'.repeat(62)", "SyntaxError")]
    public async Task An_invalid_close_has_no_effect_in_any_state(string arguments, string error)
    {
        var page = await OpenAsync();
        await page.EvaluateAsync(Compare);
        var close =
            $"compare(() => session.close({arguments}), () => new WebSocket(location.href.replace('http', 'ws')).close({arguments}))";

        await BeginAsync(page);
        await page.EvaluateAsync("Math.random = () => 1000");
        Assert.Equal(("connecting", error), (await page.EvaluateAsync<string>("session.state"), await page.EvaluateAsync<string>(close)));
        ExpectHello();
        Send("welcome token epoch new 0");
        await ExpectToldAsync(page, "open new");
        Assert.Equal(error, await page.EvaluateAsync<string>(close));
        Connection.Tell(new Ws.Close(1012), TestActor);
        Expect<Ws.Closed>();
        await ExpectToldAsync(page, "open new", "away 1012");
        Assert.Equal(("away", error), (await page.EvaluateAsync<string>("session.state"), await page.EvaluateAsync<string>(close)));

        await page.EvaluateAsync("session.retry()");
        ExpectHello("hello token epoch 0");
        Send("welcome token epoch true 0");
        await ExpectToldAsync(page, "open new", "away 1012", "open true");
    }

    [BrowserTheory]
    [InlineData("3000")]
    [InlineData("4999, 'r'.repeat(123)")]
    [InlineData("'3000'")]
    [InlineData("3000, 7")]
    public async Task A_valid_close_ends_the_session_without_a_connection(string arguments)
    {
        var page = await OpenAsync();
        await page.EvaluateAsync(Compare);
        await BeginAsync(page);
        ExpectHello();

        Assert.Equal("nothing", await page.EvaluateAsync<string>(
            $"compare(() => session.close({arguments}), () => new WebSocket(location.href.replace('http', 'ws')).close({arguments}))"));

        Assert.Equal("closed", await page.EvaluateAsync<string>("session.state"));
    }

    [BrowserTheory]
    [InlineData("'ws://'", "[]", "SyntaxError")]
    [InlineData("'ftp://127.0.0.1/'", "[]", "SyntaxError")]
    [InlineData("'/session#tea'", "[]", "SyntaxError")]
    [InlineData("'/session#'", "[]", "SyntaxError")]
    [InlineData("'/session'", "['a', 'a']", "SyntaxError")]
    [InlineData("'/session'", "['a b']", "SyntaxError")]
    [InlineData("'/session'", "['']", "SyntaxError")]
    [InlineData("'/session'", "'a,b'", "SyntaxError")]
    [InlineData("'/session'", "'chat.v1'", "nothing")]
    [InlineData("'/session'", "['chat.v1', 'chat.v2']", "nothing")]
    public async Task The_constructor_refuses_the_arguments_that_WebSocket_refuses(string url, string protocols, string error)
    {
        var page = await OpenAsync();
        await page.EvaluateAsync(Compare);

        Assert.Equal(error, await page.EvaluateAsync<string>(
            $"compare(() => new WsSession({url}, {{ protocols: {protocols} }}), () => new WebSocket({url}, {protocols}))"));
    }

    [BrowserFact]
    public async Task The_sessions_own_subprotocol_is_offered_once()
    {
        var page = await OpenAsync();

        Assert.Equal("SyntaxError", await page.EvaluateAsync<string>(
            "(() => { try { new WsSession('/session', { protocols: ['wsactors.session.v1'] }); } catch (e) { return e.name; } })()"));
    }

    [BrowserFact]
    public async Task Send_accepts_bytes_and_strings_and_throws_otherwise()
    {
        var page = await OpenAsync();
        await BeginAsync(page);
        ExpectHello();
        Send("welcome token epoch new 0");

        Assert.Equal("TypeError", await page.EvaluateAsync<string>(
            "(() => { try { session.send(new Blob(['lost'])); } catch (e) { return e.name; } })()"));
        Assert.Equal(
            "TypeError", await page.EvaluateAsync<string>("(() => { try { session.send(Symbol('x')); } catch (e) { return e.name; } })()"));
        await page.EvaluateAsync("session.send(5); session.send(null); session.send([1, 2])");

        ExpectText("message 1\n5");
        ExpectText("message 2\nnull");
        ExpectText("message 3\n1,2");
    }
}
