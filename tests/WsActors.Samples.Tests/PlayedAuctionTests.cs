using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using WsActors.AspNetCore.TestKit;
using WsActors.TestKit;

namespace WsActors.Samples.Tests;

/// <summary>The Auction by its entry point, in memory and in virtual time. Its guard is the one of <c>Program.cs</c>.</summary>
public sealed class PlayedAuctionTests : IAsyncLifetime
{
    private readonly WebApplicationFactory<Program> _app = new WebApplicationFactory<Program>().WithWebHostBuilder(
        static web => web.ConfigureTestServices(static services => services.AddWebSocketTestKit()));

    private WebSocketTestKit _kit = null!; // Set before each test.

    public Task InitializeAsync()
    {
        _kit = _app.Services.CreateWebSocketTestKit();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Only_known_auctions_are_watched_and_only_with_a_login()
    {
        var (stranger, ann) = (_kit.Dial(), _kit.Dial());

        stranger.RequestUpgrade("/auctions/cup");
        ann.RequestUpgrade("/auctions/moon", await LogInAsync("ann"));

        stranger.ExpectResponse(401);
        ann.ExpectResponse(404);
        Assert.Equal("There is no such auction.", ann.ReadBody().Trim());
    }

    [Fact]
    public async Task A_visitor_is_told_who_watches()
    {
        var ann = _kit.Connect("/auctions/cup", await LogInAsync("ann"));

        // The auction and the presence are two actors: either may answer first.
        var told = ann.ExpectJson(AppJson.Default.AuctionEvent);
        Assert.IsType<Watchers>(told is HighestBid ? ann.ExpectJson(AppJson.Default.AuctionEvent) : told);
    }

    /// <summary>The header of the cookie that the app gives.</summary>
    private async Task<string> LogInAsync(string name)
    {
        using var http = _app.CreateClient();
        using var answer = await http.PostAsJsonAsync(
            new Uri("login", UriKind.Relative), new Login(name), AppJson.Default.Login, AuctionApp.Limit());
        return $"Cookie: {answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]}";
    }
}
