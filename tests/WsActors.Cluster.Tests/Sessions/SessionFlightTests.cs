using WsActors.Protocol;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>
/// A node goes while another is dead, which the cluster has not noticed. Sharding waits for the dead one, and would stop the sessions of the one
/// that goes as they are. Akka's resolver does not count the one that goes, and would down all three (<see cref="DowningStrategyTests"/>).
/// </summary>
public sealed class SessionFlightTests : SessionNodes
{
    // The dead node is noticed and downed long after sharding has given up: the node that goes asks it in vain until then.
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
    public async Task Its_sessions_move_all_the_same_and_the_third_node_goes_on()
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
