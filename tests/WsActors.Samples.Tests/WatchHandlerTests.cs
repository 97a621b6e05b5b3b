using Akka.Actor;
using Akka.Hosting;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Samples.Tests;

/// <summary>The handler of the Auction alone: no port, no cluster, virtual time.</summary>
public sealed class WatchHandlerTests() : Akka.TestKit.Xunit2.TestKit(WebSocketTestKit.Setup)
{
    [Fact]
    public void A_watcher_is_told_the_highest_bid_the_watchers_and_each_new_bid()
    {
        var auction = Sys.ActorOf(Props.Create(static () => new AuctionActor("cup")));
        auction.Tell(new PlaceBid("cup", "ann", 3));
        var routes = RouteTable.Empty.Map(
            "/auctions/{id}", request => Props.Create(() => new WatchHandler(request, new RequiredActor(auction))));
        var kit = new WebSocketTestKit(this, routes);

        var client = kit.Connect("/auctions/cup");
        AuctionEvent[] first = [client.ExpectJson(AppJson.Default.AuctionEvent), client.ExpectJson(AppJson.Default.AuctionEvent)];
        Assert.Contains(new HighestBid("ann", 3), first);
        Assert.Single(first.OfType<Watchers>());

        auction.Tell(new PlaceBid("cup", "bob", 4));
        Assert.Equal(new HighestBid("bob", 4), client.ExpectJson(AppJson.Default.AuctionEvent));
        auction.Tell(new PlaceBid("cup", "cleo", 4));
        client.ExpectNothing();
    }

    /// <summary>An actor in place of the shard region.</summary>
    private sealed class RequiredActor(IActorRef actor) : IRequiredActor<AuctionActor>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }
}
