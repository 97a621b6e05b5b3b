using WsActors.Protocol;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>
/// A node goes while another is dead, which the cluster has not noticed. Sharding waits for the dead one, and would stop the sessions of the one
/// that goes as they are.
/// </summary>
public sealed class SessionFlightTests : SessionNodes
{
    // The dead node is removed once sharding has given up, and before the other has gone: else one node of three would be left, which is no majority.
    private const string Patient = Hasty + "\nakka.cluster.split-brain-resolver.stable-after = 5s";

    // A decides for the cluster what becomes of the dead node, having the lowest address. When the one that goes has to, Akka.NET's resolver downs all three.
    public override Task InitializeAsync() => JoinAsync(
        [.. Enumerable.Range(0, 3).Select(static _ => Node.Start(Patient, Serving)).OrderBy(static node => node.Cluster.SelfAddress.Port)]);

    [Fact]
    public async Task Its_sessions_move_all_the_same()
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
    }
}
