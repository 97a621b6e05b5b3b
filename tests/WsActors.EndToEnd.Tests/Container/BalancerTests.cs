using System.Runtime.InteropServices;
using WsActors.EndToEnd.Tests.Cluster;
using WsActors.Protocol;

namespace WsActors.EndToEnd.Tests.Container;

/// <summary>Three nodes behind the balancer of <c>docker-compose.yml</c>: one address.</summary>
public sealed class BalancerTests(Trio nodes) : IClassFixture<Trio>
{
    [HaproxyFact]
    public async Task The_balancer_distributes_clients_and_moves_those_of_a_stopped_node()
    {
        await using var balancer = await Haproxy.StartAsync(nodes);
        using var ann = await ChatClient.EnterAsync(balancer.Address, "tea", "Ann");
        using var bob = await ChatClient.EnterAsync(balancer.Address, "tea", "Bob");
        using var cy = await ChatClient.EnterAsync(balancer.Address, "tea", "Cy");
        Assert.Equal(3, new[] { ann.Node, bob.Node, cy.Node }.Distinct().Count());
        await ann.SeeAsync("Bob", "Cy");

        nodes.Named(bob.Node).Signal(PosixSignal.SIGTERM);
        await bob.ExpectEndAsync();
        using var back = await ChatClient.EnterAsync(balancer.Address, "tea", "Bob");

        Assert.Equal(CloseCode.ServiceRestart, bob.CloseCode);
        Assert.NotEqual(bob.Node, back.Node);
        await back.SayUntilHeardAsync("I am back", ann, cy);
    }
}
