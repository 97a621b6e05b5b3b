using System.Diagnostics;
using Akka.Actor;
using WsActors.Topics;
using Xunit.Abstractions;

namespace WsActors.Cluster.Tests;

/// <summary>
/// Ten thousand topics with ten members each, over three nodes: their cost, and the time until all members are reachable.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ManyTopicsTests(ITestOutputHelper output)
{
    private const int Topics = 10_000;

    private const int Members = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Ten_thousand_topics_with_ten_members_each_are_reachable_from_another_node()
    {
        var nodes = await Node.StartCluster(3);
        var before = Heap();
        var heard = new HashSet<IActorRef>[Topics];
        var joining = Stopwatch.StartNew();
        for (var topic = 0; topic < Topics; topic++)
        {
            heard[topic] = [];
            for (var member = 0; member < Members; member++)
            {
                var node = nodes[member % nodes.Length];
                var connection = new Listener((ExtendedActorSystem)node.System, $"{topic}-{member}", heard[topic]);
                node.Topics.Tell(new TopicsActor.MemberCommand(connection, null, new Ws.Join($"topic {topic}")), ActorRefs.NoSender);
            }
        }

        foreach (var node in nodes)
        {
            await node.Topics.Ask<ActorIdentity>(new Identify(null), Eventually.Patience);
        }

        var joined = joining.Elapsed;
        var hello = Ws.Send.Text("hi");
        for (int missing = Topics, round = 0; missing > 0; round++)
        {
            Assert.True(joining.Elapsed < Patience, $"{missing} topics are not reachable yet");
            for (var topic = 0; topic < Topics; topic++)
            {
                if (Count(heard[topic]) < Members)
                {
                    nodes[(topic + round) % nodes.Length].Publish($"topic {topic}", hello);
                }
            }

            await Task.Delay(500);
            missing = heard.Count(static members => Count(members) < Members);
            output.WriteLine($"after {joining.Elapsed.TotalSeconds:0.0} s {missing} topics have members that were not reached");
        }

        var reachable = joining.Elapsed;
        output.WriteLine($"joined in {joined.TotalSeconds:0.0} s, all reachable {reachable.TotalSeconds:0.0} s after the first join");
        output.WriteLine(
            $"{(Heap() - before) / 1024 / 1024} MB in all, {(Heap() - before) / Topics / nodes.Length} B a topic and node, its members' "
                + "own included");
        GC.KeepAlive(heard);
        await Task.WhenAll(nodes.Select(static node => node.DisposeAsync().AsTask()));
    }

    private static int Count(HashSet<IActorRef> members)
    {
        lock (members)
        {
            return members.Count;
        }
    }

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>
    /// A connection that notes whether it was ever sent something: small, so that the topics are measured and not their members.
    /// </summary>
    private sealed class Listener(ExtendedActorSystem system, string name, HashSet<IActorRef> heard) : MinimalActorRef
    {
        public override ActorPath Path { get; } = system.Provider.RootPath / "members" / name;

        public override IActorRefProvider Provider => system.Provider;

        protected override void TellInternal(object message, IActorRef sender)
        {
            lock (heard)
            {
                heard.Add(this);
            }
        }
    }
}
