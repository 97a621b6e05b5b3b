using System.Security.Claims;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using OpenTelemetry.Metrics;
using WsActors;
using WsActors.Cluster;
using WsActors.Hosting;
using WsActors.Routing;

string[] lots = ["cup", "kettle", "teapot"];
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddAuthentication("Cookies").AddCookie();
builder.Services.AddAuthorization();
builder.Services.AddHealthChecks();
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("WsActors").AddConsoleExporter());
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AppJson.Default));
builder.Services.AddAkka("auction", akka => akka
    .WithRemoting("127.0.0.1", 0).WithClustering()
    .WithWebSockets().WithWebSocketCluster()                                // topics, presence and sessions span all nodes
    .WithShardRegion<AuctionActor>("auction", id => Props.Create(() => new AuctionActor(id)),
        HashCodeMessageExtractor.Create(32, message => (message as IAuctionCommand)?.Auction),
        new ShardOptions { StateStoreMode = StateStoreMode.DData, ShouldPassivateIdleEntities = false })
    .AddStartup((system, _) => Cluster.Get(system).Join(Cluster.Get(system).SelfAddress))); // more nodes: seeds in WithClustering

var app = builder.Build();
app.UseFileServer();
app.MapHealthChecks("/health");

app.MapPost("/login", (Login login) => login.Name is { Length: > 0 and <= 32 } name     // by name alone: this is a sample
    ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "name")))
    : Results.BadRequest());

app.MapPost("/bids", async (Bid bid, ClaimsPrincipal user, IRequiredActor<AuctionActor> auctions, CancellationToken aborted) =>
{
    if (!lots.Contains(bid.Auction))
    {
        return Results.NotFound();
    }

    var placed = new PlaceBid(bid.Auction, user.Identity!.Name!, bid.Amount);
    var highest = await auctions.ActorRef.Ask<HighestBid>(placed, TimeSpan.FromSeconds(5), aborted);
    return highest == new HighestBid(placed.Bidder, placed.Amount) ? Results.Ok(highest) : Results.Conflict(highest);
}).RequireAuthorization();

app.MapWebSocketActor<WatchHandler>("/auctions/{id}", new WebSocketRouteOptions
{
    Sessions = true,                                                        // a browser that comes back misses no bid
    Guard = (request, _) => Task.FromResult(                                // asked after the app's authorization
        lots.Contains(request.RouteValues["id"]) ? GuardDecision.Accept() : GuardDecision.Reject(404, "There is no such auction.")),
}).RequireAuthorization();

app.Run();

/// <summary>An auction, on one node of the cluster. It forgets its bids when it stops; Akka.Persistence would keep them.</summary>
public sealed class AuctionActor : ReceiveActor
{
    public static string TopicOf(string id) => $"auction/{id}";

    public AuctionActor(string id)
    {
        var highest = new HighestBid(null, 0);
        Receive<GetHighest>(_ => Sender.Tell(highest));
        Receive<PlaceBid>(bid =>
        {
            if (bid.Amount > highest.Amount)
            {
                highest = new HighestBid(bid.Bidder, bid.Amount);
                Context.System.WebSockets().Topics.Tell(new Ws.Publish(TopicOf(id), Ws.Send.Json(highest, AppJson.Default.AuctionEvent)));
            }

            Sender.Tell(highest);
        });
    }
}

/// <summary>A browser that watches an auction: the topic brings the bids, and presence who else watches. Text of it is refused.</summary>
public sealed class WatchHandler(UpgradeRequest request, IRequiredActor<AuctionActor> auctions) : WebSocketHandler
{
    protected override void OnOpened(Ws.Opened opened)
    {
        var (auction, topic) = (request.RouteValues["id"], AuctionActor.TopicOf(request.RouteValues["id"]));
        Connection.Tell(new Ws.Join(topic) { PresenceData = new Dictionary<string, string>() });
        Context.System.WebSockets().Presence.Tell(new Presence.Watch(topic));
        auctions.ActorRef.Tell(new GetHighest(auction));
    }

    protected override void OnMessage(object message)
    {
        switch (message)
        {
            case HighestBid bid: Send(bid); break;
            case Presence.MemberList all: Send(new Watchers([.. all.Members.Select(one => one.User).OfType<string>().Distinct()])); break;
            case Presence.Joined { IsFirst: true, Member.User: { } user }: Send(new Watcher(user, IsHere: true)); break;
            case Presence.Left { IsLast: true, Member.User: { } user }: Send(new Watcher(user, IsHere: false)); break;
        }
    }

    private void Send(AuctionEvent news) => Connection.Tell(Ws.Send.Json(news, AppJson.Default.AuctionEvent));
}

public sealed record Login(string Name);
public sealed record Bid(string Auction, decimal Amount);
public interface IAuctionCommand { string Auction { get; } }
public sealed record PlaceBid(string Auction, string Bidder, decimal Amount) : IAuctionCommand;
public sealed record GetHighest(string Auction) : IAuctionCommand;
[JsonDerivedType(typeof(HighestBid), "bid"), JsonDerivedType(typeof(Watchers), "watchers"), JsonDerivedType(typeof(Watcher), "watcher")]
public abstract record AuctionEvent;
public sealed record HighestBid(string? Bidder, decimal Amount) : AuctionEvent;
public sealed record Watchers(string[] Names) : AuctionEvent;
public sealed record Watcher(string Name, bool IsHere) : AuctionEvent;
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Login)), JsonSerializable(typeof(Bid)), JsonSerializable(typeof(AuctionEvent))]
public sealed partial class AppJson : JsonSerializerContext;
