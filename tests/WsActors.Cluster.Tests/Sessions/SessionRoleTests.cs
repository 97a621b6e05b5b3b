using WsActors.Tests.Sessions;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>Two nodes host sessions by their role. The third, without it, has clients, and publishes.</summary>
public sealed class SessionRoleTests : SessionNodes
{
    private const string ByRole = Hasty + "\nws-actors.sessions.role = host";

    private const string Host = ByRole + "\nakka.cluster.roles = [host]";

    public override Task InitializeAsync() => JoinAsync(Node.Start(Host, Serving), Node.Start(Host, Serving), Node.Start(ByRole, Serving));

    [Fact]
    public async Task A_node_without_the_role_hosts_no_session_and_reaches_all()
    {
        string[] hosts = [A.Cluster.SelfAddress.ToString(), B.Cluster.SelfAddress.ToString()];
        for (var i = 0; i < 20; i++)
        {
            var client = SessionClient.Begin(C.Sockets, "/session");

            Assert.Contains(WhereIs(client), hosts);
            await Deliver(C, client.SessionId, 1, "news");
            client.Expect("news");
        }
    }

    [Fact]
    public async Task A_session_moves_only_between_nodes_that_host_sessions()
    {
        var client = Begin(C, home: B);
        await Deliver(C, client.SessionId, 1, "before");

        await Akka.Actor.CoordinatedShutdown.Get(B.System).Run(Akka.Actor.CoordinatedShutdown.ClusterLeavingReason.Instance);

        await Deliver(C, client.SessionId, 2, "after");
        Assert.Equal("true", await Return(client, C));
        client.Expect("before");
        client.Expect("after");
        Assert.Equal(A.Cluster.SelfAddress.ToString(), WhereIs(client));
    }
}
