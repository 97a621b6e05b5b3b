using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;

namespace WsActors.Samples.Tests;

/// <summary>The whole Auction on a real Kestrel: HTTP and WebSockets, login, bids, presence and health.</summary>
public sealed class AuctionTests(AuctionApp app) : IClassFixture<AuctionApp>
{
    [Fact]
    public async Task Without_a_cookie_bids_and_WebSockets_get_401()
    {
        using var stranger = new Person(app);

        var bid = await stranger.PostAsync("bids", new Bid("cup", 1), AppJson.Default.Bid);
        Assert.Equal(HttpStatusCode.Unauthorized, bid.StatusCode);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => stranger.WatchAsync("cup"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_login_needs_a_name()
    {
        using var stranger = new Person(app);

        var login = await stranger.PostAsync("login", new Login(""), AppJson.Default.Login);
        Assert.Equal(HttpStatusCode.BadRequest, login.StatusCode);
    }

    [Fact]
    public async Task An_unknown_auction_gets_404()
    {
        using var ann = await app.LogInAsync("ann");

        var bid = await ann.PostAsync("bids", new Bid("moon", 1), AppJson.Default.Bid);
        Assert.Equal(HttpStatusCode.NotFound, bid.StatusCode);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ann.WatchAsync("moon"));
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task A_bid_over_HTTP_arrives_over_the_WebSockets_of_two_watchers()
    {
        using var ann = await app.LogInAsync("ann");
        using var bob = await app.LogInAsync("bob");
        using var anns = await ann.WatchAsync("teapot");
        using var bobs = await bob.WatchAsync("teapot");
        Assert.Null((await anns.ExpectAsync<HighestBid>(static _ => true)).Bidder);
        await bobs.ExpectAsync<HighestBid>(static _ => true);

        var bid = await ann.PostAsync("bids", new Bid("teapot", 3), AppJson.Default.Bid);
        Assert.Equal(HttpStatusCode.OK, bid.StatusCode);
        await anns.ExpectAsync<HighestBid>(static bid => bid == new HighestBid("ann", 3));
        await bobs.ExpectAsync<HighestBid>(static bid => bid == new HighestBid("ann", 3));

        var low = await bob.PostAsync("bids", new Bid("teapot", 2), AppJson.Default.Bid);
        Assert.Equal(HttpStatusCode.Conflict, low.StatusCode);
        Assert.Equal(new HighestBid("ann", 3), await low.Content.ReadFromJsonAsync(AppJson.Default.HighestBid));
    }

    [Fact]
    public async Task Watchers_see_who_else_watches()
    {
        using var cleo = await app.LogInAsync("cleo");
        using var dan = await app.LogInAsync("dan");
        using var cleos = await cleo.WatchAsync("kettle");
        // Her own arrival is in the list, or follows it.
        await cleos.ExpectAsync<AuctionEvent>(static news =>
            news is Watcher { Name: "cleo", IsHere: true } || (news is Watchers all && all.Names.Contains("cleo")));

        using var dans = await dan.WatchAsync("kettle");
        await cleos.ExpectAsync<Watcher>(static watcher => watcher == new Watcher("dan", IsHere: true));
        using var second = await dan.WatchAsync("kettle");
        await dans.CloseAsync();
        await second.CloseAsync();
        Assert.Equal(new Watcher("dan", IsHere: false), await cleos.ExpectAsync<Watcher>(static _ => true));
    }

    [Fact]
    public async Task A_browser_that_offers_a_session_gets_one()
    {
        using var fay = await app.LogInAsync("fay");
        using var watch = await fay.WatchAsync("cup", "wsactors.session.v2");

        Assert.Equal("wsactors.session.v2", watch.Socket.SubProtocol);
    }

    [Fact]
    public async Task Text_of_a_watcher_closes_its_WebSocket()
    {
        using var eve = await app.LogInAsync("eve");
        using var watch = await eve.WatchAsync("cup");

        await watch.Socket.SendAsync("1000"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, AuctionApp.Limit());
        var buffer = new byte[4096];
        while ((await watch.Socket.ReceiveAsync(buffer, AuctionApp.Limit())).MessageType != WebSocketMessageType.Close)
        {
        }

        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, watch.Socket.CloseStatus);
    }

    [Theory]
    [InlineData("", "<title>Auction</title>")]
    [InlineData("session.js", "class WsSession extends EventTarget")]
    [InlineData("health", "Healthy")]
    public async Task Page_script_and_health_are_served(string path, string content)
    {
        using var stranger = new Person(app);

        Assert.Contains(content, await stranger.Http.GetStringAsync(new Uri(path, UriKind.Relative)), StringComparison.Ordinal);
    }
}
