using System.Security.Claims;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Cluster.Tests;

/// <summary>Three nodes that know each other's managers, with a route with sessions: <c>/session/{user}</c>.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    internal Node[] All { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        const string Settings = "ws-actors { admin.allow-tap = on, drain { lead = off, spread = off } }";
        All = await Node.StartCluster(3, Settings, static routes => routes.Map(
            "/session/{user}",
            static _ => Props.Create<Where>(),
            new WebSocketRouteOptions { Sessions = true, Guard = static (request, _) => Task.FromResult(As(request)) }));
        foreach (var node in All)
        {
            await Eventually.Holds(
                () => Ask<Ws.ClusterTotals>(node, new Ws.GetClusterStats()).Nodes.Count == All.Length, "not all nodes answer");
        }
    }

    public async Task DisposeAsync() => await Task.WhenAll(All.Select(static node => node.DisposeAsync().AsTask()));

    internal static void Suspend(Node node) => ((IInternalActorRef)node.System.WebSockets().Manager).Suspend();

    internal static Address AddressOf(Node node) => node.Cluster.SelfAddress;

    internal static T Ask<T>(Node node, object operation) => AskAsync<T>(node, operation).GetAwaiter().GetResult();

    internal static Task<T> AskAsync<T>(Node node, object operation) =>
        node.System.WebSockets().Manager.Ask<T>(operation, Eventually.Patience);

    private static GuardDecision As(UpgradeRequest request) =>
        GuardDecision.Accept(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, request.RouteValues["user"])], "test")));

    private sealed class Where : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received)
            {
                Sender.Tell(Ws.Send.Text(Akka.Cluster.Cluster.Get(Context.System).SelfAddress.ToString()));
            }
        }
    }
}
