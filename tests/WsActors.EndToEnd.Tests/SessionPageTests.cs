using System.Globalization;
using Akka.Actor;
using Microsoft.Playwright;
using WsActors.Protocol.Messages;

namespace WsActors.EndToEnd.Tests;

/// <summary>A page's session over any fate of its sockets: <c>session.js</c> against a server that the test plays.</summary>
public sealed class SessionPageTests(Browser browser) : SessionPage(browser), IClassFixture<Browser>
{
    [BrowserFact]
    public async Task Messages_of_both_directions_arrive_once_and_in_order_across_a_break()
    {
        var page = await OpenAsync();
        await BeginAsync(page);
        await page.EvaluateAsync("session.send('early')");
        ExpectHello();
        Send("welcome token epoch new 0");
        ExpectText("message 1\nearly");
        Send("message 1\none");
        ExpectText("ack 1");
        await page.EvaluateAsync("session.send('two'); session.send('three')");
        ExpectText("message 2\ntwo");
        ExpectText("message 3\nthree");
        Send("ack 1");
        await ExpectToldAsync(page, "open new", "message one");
        Assert.Equal(8, await page.EvaluateAsync<int>("session.bufferedAmount"));

        Connection.Tell(new Ws.Close(1012));
        Expect<Ws.Closed>();
        await page.EvaluateAsync("session.send('four')");
        ExpectHello("hello token epoch 1");
        Send("welcome token epoch true 2");
        Send("message 1\none");
        Send("message 2\nzwei");

        ExpectText("message 3\nthree");
        ExpectText("message 4\nfour");
        Send("ack 4");
        await ExpectToldAsync(page, "open new", "message one", "away 1012", "open true", "message zwei");
        await page.WaitForFunctionAsync("session.bufferedAmount === 0");
    }

    [BrowserFact]
    public async Task Binary_messages_are_any_bytes()
    {
        var page = await BeganAsync();

        Connection.Tell(Ws.Send.Binary((byte[])[.. "message 1\n"u8, 10, 0, 255]));
        await page.EvaluateAsync("session.send(new Uint8Array([9, 10, 0, 255]).subarray(1)); session.send(new Uint8Array([7]).buffer)");

        await ExpectToldAsync(page, "open new", "message 10,0,255");
        var came = new[] { Expect<Ws.Received>(), Expect<Ws.Received>(), Expect<Ws.Received>() }.Where(
            static message => message.Kind == MessageKind.Binary);
        Assert.Equal([[.. "message 1\n"u8, 10, 0, 255], [.. "message 2\n"u8, 7]], came.Select(static message => message.Payload.ToArray()));
    }

    [BrowserFact]
    public async Task An_ack_is_sent_for_each_32_messages_and_for_the_last_ones()
    {
        var page = await BeganAsync();
        for (var i = 1; i <= 70; i++)
        {
            Send($"message {i}\nx");
        }

        // Slower than a burst the page may only acknowledge more often.
        var acks = new List<int>();
        while (acks is not [.., 70])
        {
            acks.Add(int.Parse(Expect<Ws.Received>().Text[4..], CultureInfo.InvariantCulture));
        }

        Assert.Equal(acks.Order(), acks);
        Assert.All(acks.Zip(acks.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, 1, 32));
        Assert.InRange(acks[0], 1, 32);
        await page.WaitForFunctionAsync("told.length === 71");
    }

    [BrowserFact]
    public async Task A_lost_session_returns_unacknowledged_messages()
    {
        var page = await BeganAsync();
        await page.EvaluateAsync(
            "session.send('one'); session.send(new Uint8Array([1, 2])); session.addEventListener('reset', () => session.send('again'))");
        ExpectText("message 1\none");
        Expect<Ws.Received>();
        Connection.Tell(new Ws.Close(1012));
        Expect<Ws.Closed>();
        ExpectHello("hello token epoch 0");

        Send("welcome other later false 0");

        ExpectText("message 1\nagain");
        Send("message 1\nnew");
        await ExpectToldAsync(page, "open new", "away 1012", "reset one 1,2", "open false", "message new");
    }

    [BrowserTheory]
    [InlineData(1000)]
    [InlineData(1008)]
    [InlineData(3000)]
    [InlineData(4000)]
    [InlineData(4400)]
    [InlineData(4409)]
    public async Task A_final_close_ends_the_session(int code)
    {
        var page = await BeganAsync("""{ "storageKey": "kept" }""");

        Connection.Tell(new Ws.Close(code));

        await ExpectToldAsync(page, "open new", $"close {code}");
        Expect<Ws.Closed>();
        Assert.Equal("closed", await page.EvaluateAsync<string>("session.state"));
        Assert.Null(await page.EvaluateAsync<string?>("sessionStorage.getItem('kept')"));
        await page.EvaluateAsync("session.send('late'); session.retry()");

        // A page opens its connections to a server in order (RFC 6455 §4.1): the next one is that of a new session.
        await BeginAsync(page);
        ExpectHello();
    }

    [BrowserTheory]
    [InlineData("message 2\nx")]
    [InlineData("message 01\nx")]
    [InlineData("message 1")]
    [InlineData("ack 1")]
    [InlineData("welcome token epoch true 0")]
    [InlineData("hello")]
    public async Task An_invalid_frame_closes_with_4400_and_the_page_reconnects(string frame)
    {
        var page = await BeganAsync();
        await page.EvaluateAsync("Math.random = () => 1000");

        Send(frame);

        Assert.Equal(4400, Expect<Ws.Closed>().Code);
        await page.EvaluateAsync("session.retry()");
        ExpectHello("hello token epoch 0");
        Send("welcome token epoch true 0");
        await ExpectToldAsync(page, "open new", "away 4400", "open true");
    }

    [BrowserFact]
    public async Task A_reload_resumes_the_session_and_says_so()
    {
        var page = await BeganAsync("""{ "storageKey": "kept" }""", "reload");
        Send("message 1\none");
        await page.EvaluateAsync("session.send('one')");
        await ExpectToldAsync(page, "open new", "message one");
        await page.WaitForFunctionAsync("sessionStorage.getItem('kept').includes('\"received\":1')");
        await page.ReloadAsync();
        Assert.Equal(1001, ExpectClosedBehindFrames().Code);

        await BeginAsync(page, """{ "storageKey": "kept" }""", "reload");
        await page.EvaluateAsync("session.send('two')");
        ExpectHello("hello token epoch 1 reloaded");
        Send("welcome token epoch true 1");

        ExpectText("message 2\ntwo");
        Send("message 2\ntwo");
        await ExpectToldAsync(page, "open true", "message two");
    }

    [BrowserFact]
    public async Task A_session_lost_during_a_reload_starts_with_messages_sent_since()
    {
        var page = await BeganAsync("""{ "storageKey": "kept" }""");
        await page.ReloadAsync();
        Expect<Ws.Closed>();
        await BeginAsync(page, """{ "storageKey": "kept" }""");
        await page.EvaluateAsync("session.send('since')");
        ExpectHello("hello token epoch 0");

        Send("welcome other later false 0");

        ExpectText("message 1\nsince");
        await ExpectToldAsync(page, "reset ", "open false");
    }

    [BrowserFact]
    public async Task A_duplicated_tab_takes_over_the_session_and_the_first_does_not_reconnect()
    {
        var page = await BeganAsync("""{ "storageKey": "kept" }""");
        var first = Connection;
        var other = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync("void open(location.href)"));
        await other.WaitForFunctionAsync("typeof WsSession === 'function'");

        await BeginAsync(other, """{ "storageKey": "kept" }""");

        ExpectHello("hello token epoch 0");
        Send("welcome token epoch true 0");
        first.Tell(new Ws.Close(4409));
        await ExpectToldAsync(other, "open true");
        await ExpectToldAsync(page, "open new", "close 4409");
        Assert.NotNull(await other.EvaluateAsync<string?>("sessionStorage.getItem('kept')"));
        Assert.Null(await page.EvaluateAsync<string?>("sessionStorage.getItem('kept')"));
    }

    [BrowserFact]
    public async Task A_closed_page_ends_its_session_unless_it_is_kept()
    {
        var page = await BeganAsync();

        await page.GotoAsync("about:blank");

        Assert.Equal(1000, Expect<Ws.Closed>().Code);
    }

    [BrowserFact]
    public async Task A_close_of_the_page_ends_the_session_after_all_messages()
    {
        var page = await BeganAsync();

        await page.EvaluateAsync("session.send('last'); session.close()");

        ExpectText("message 1\nlast");
        Assert.Equal(1000, Expect<Ws.Closed>().Code);
        await ExpectToldAsync(page, "open new", "close 1000");
    }

    [BrowserFact]
    public async Task A_waiting_page_can_reconnect_at_once_and_a_close_ends_it()
    {
        var page = await BeganAsync();
        await page.EvaluateAsync(
            "Math.random = () => 1; session.addEventListener('away', () => { told.push(session.state); session.retry(); }, { once: true "
                + "})");
        Connection.Tell(new Ws.Close(1013));
        Expect<Ws.Closed>();
        ExpectHello("hello token epoch 0");
        await page.EvaluateAsync("Math.random = () => 1000");
        Connection.Tell(new Ws.Close(1001));
        Expect<Ws.Closed>();
        await page.WaitForFunctionAsync("session.state === 'away'");

        await page.EvaluateAsync("session.close(4000)");

        await ExpectToldAsync(page, "open new", "away 1013", "away", "away 1001", "close 4000");
    }

    [BrowserFact]
    public async Task A_page_that_is_online_again_does_not_wait()
    {
        var page = await BeganAsync();
        await page.EvaluateAsync("Math.random = () => 1000");
        Connection.Tell(new Ws.Close(1012));
        Expect<Ws.Closed>();
        await page.WaitForFunctionAsync("session.state === 'away'");
        await page.Context.SetOfflineAsync(true);

        await page.Context.SetOfflineAsync(false);

        ExpectHello("hello token epoch 0");
    }

    [BrowserTheory]
    [InlineData("dispatchEvent(new Event('online'))")]
    [InlineData("dispatchEvent(new Event('pageshow'))")]
    [InlineData("dispatchEvent(new Event('focus'))")]
    [InlineData("document.dispatchEvent(new Event('visibilitychange'))")]
    public async Task A_waking_page_pings_a_server_of_version_2_and_answers_its_pings(string waking)
    {
        var page = await OpenAsync();
        await BeginAsync(page, url: "pings");
        ExpectHello();
        Send("welcome token epoch new 0");
        await page.WaitForFunctionAsync("session.state === 'open'");

        await page.EvaluateAsync(waking);

        ExpectText("ping");
        Send("ping");
        ExpectText("pong");
        Send("pong");
        await ExpectToldAsync(page, "open new");
    }

    private Ws.Closed ExpectClosedBehindFrames() =>
        (Ws.Closed)FishForMessage(static message => message is Ws.Closed, TimeSpan.FromSeconds(60));

    private async Task<IPage> BeganAsync(string options = "{}", string url = "session")
    {
        var page = await OpenAsync();
        await BeginAsync(page, options, url);
        ExpectHello();
        Send("welcome token epoch new 0");
        await page.WaitForFunctionAsync("session.state === 'open'");
        return page;
    }
}
