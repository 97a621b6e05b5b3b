using Akka.Actor;
using Akka.DistributedData;
using WsActors.Cluster.Sessions;
using WsActors.Clustering;
using WsActors.Sessions;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>The state of a handed-over session is stored by a majority, and taken once.</summary>
public sealed class SessionStoreTests : SessionNodes
{
    private readonly string _id = SessionToken.New(null).Id;

    /// <summary>No activator runs: its session actor would take the state before the test.</summary>
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var node in Nodes)
        {
            var caller = await node.System.ActorSelection("/system/websockets-session-caller").ResolveOne(Eventually.Patience);
            Assert.True(await caller.GracefulStop(Eventually.Patience));
        }
    }

    [Fact]
    public async Task State_stored_on_one_node_is_taken_once_on_another()
    {
        Assert.True(await Store(A, 1, [1, 2, 3]));

        Assert.Equal([1, 2, 3], await Take(B));

        Assert.Null(await Take(C));
        Assert.Null(await Take(A));
        Assert.Null(await Take(B));
    }

    [Fact]
    public async Task Of_two_moves_only_the_later_is_returned()
    {
        Assert.True(await Store(A, 1, [1]));
        Assert.True(await Store(B, 2, [2]));

        Assert.Equal([2], await Take(C));
        Assert.Null(await Take(A));
    }

    [Fact]
    public async Task Two_of_three_nodes_are_enough()
    {
        await C.Kill();

        Assert.True(await Store(B, 1, [1]));
        Assert.Equal([1], await Take(A));
        Assert.Null(await Take(B));
    }

    [Fact]
    public async Task One_of_three_is_not()
    {
        Assert.True(await Store(B, 1, [1]));
        await B.Kill();
        await C.Kill();

        Assert.Null(await Take(A));
        Assert.False(await Store(A, 2, [2]));
    }

    [Fact]
    public void Unconfirmed_nodes_are_told_again_and_state_taken_meanwhile_stays_taken()
    {
        var (replicator, asker) = (A.Probe(), A.Probe());
        var store = A.System.ActorOf(SessionStoreActor.PropsFor(ClusterNode.Join(A.System), replicator.Ref, role: null));
        store.Tell(new SessionStore.Store { Id = _id, Moves = 1, State = [1] }, asker.Ref);
        replicator.ExpectMsg<GetReplicaCount>();
        replicator.Reply(new ReplicaCount(3));
        var kept = (Entries)replicator.ExpectMsg<Update>(update => replicator.Reply(new UpdateTimeout(update.Key, update.Request)))
            .Modify(Entries.Empty);
        Assert.Equal([1], SessionBucket.Find(kept, _id));

        var taken = SessionBucket.Take(kept, B.Cluster.SelfUniqueAddress, _id);
        var again = replicator.ExpectMsg<Update>(update => replicator.Reply(new UpdateSuccess(update.Key, update.Request)));

        Assert.Same(taken, again.Modify(taken));
        Assert.True(asker.ExpectMsg<SessionStore.Stored>().IsKept);
    }

    [Fact]
    public async Task A_full_log_moves_and_state_above_the_bucket_size_does_not()
    {
        var large = new byte[2 * 1024 * 1024];
        new Random(3).NextBytes(large);

        Assert.True(await Store(A, 1, large));
        var taken = await Take(B);
        Assert.True(large.AsSpan().SequenceEqual(taken));
        Assert.False(await Store(A, 2, new byte[3 * 1024 * 1024]));
        Assert.Null(await Take(B));
    }

    private async Task<bool> Store(Node node, int moves, byte[] state) =>
        (await StoreOf(node).Ask<SessionStore.Stored>(
            new SessionStore.Store { Id = _id, Moves = moves, State = state }, Eventually.Patience)).IsKept;

    private async Task<byte[]?> Take(Node node) =>
        (await StoreOf(node).Ask<SessionStore.Taken>(new SessionStore.Take(_id), Eventually.Patience)).State;

    private static IActorRef StoreOf(Node node) => node.System.WebSockets().SessionHost.Store!;
}
