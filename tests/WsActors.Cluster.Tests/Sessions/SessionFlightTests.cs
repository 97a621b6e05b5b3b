using WsActors.Protocol;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>
/// A node leaves while another is dead and not detected yet. Sharding waits for the dead one, and would stop the leaving node's sessions
/// without a hand-over. Akka's resolver does not count the leaving node, and would down all three (<see cref="DowningStrategyTests"/>).
/// </summary>
public sealed class SessionFlightTests : SessionNodes
{
    // The dead node is detected and downed long after sharding has timed out: until then the leaving node asks it in vain.
    private const string Patient = Hasty + """

        akka.cluster.split-brain-resolver.stable-after = 5s
        akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 3s
        """;

    // C, the dead one, has the lowest address: it wins the tie with A.
    public override Task InitializeAsync()
    {
        var nodes = Enumerable.Range(0, 3).Select(static _ => Node.Start(Patient, Serving));
        return JoinAsync([.. nodes.OrderByDescending(static node => node.Cluster.SelfAddress.Port)]);
    }

    [Fact]
    public async Task Sessions_of_the_leaving_node_move_and_the_third_node_continues()
    {
        var client = Begin(A, home: B);
        await Deliver(A, client.SessionId, 1, "before");
        await C.Kill();

        var leaving = Akka.Actor.CoordinatedShutdown.Get(B.System).Run(Akka.Actor.CoordinatedShutdown.ClusterLeavingReason.Instance);

        client.ExpectClose(CloseCode.ServiceRestart);
        Assert.Equal("true", await Return(client, A));
        client.Expect("before");
        await Deliver(A, client.SessionId, 2, "after");
        client.Expect("after");
        Assert.Equal(A.Cluster.SelfAddress.ToString(), WhereIs(client));
        await leaving;
        await Eventually.Holds(
            () => A.Cluster.State.Members is [{ Status: Akka.Cluster.MemberStatus.Up }] && !A.Cluster.IsTerminated,
            "the third node is not up, alone");
    }
}
