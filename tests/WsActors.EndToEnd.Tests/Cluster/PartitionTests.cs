using System.Diagnostics;
using Akka.Actor;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// One machine of three is partitioned, and reconnected. The two others continue; the one downs itself; people end up on the two; no line
/// is delivered to a person twice, or out of order.
/// </summary>
public sealed class PartitionTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private readonly ActorSystem _people = ActorSystem.Create("people", "akka { loggers = [], stdout-loglevel = OFF }");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _people.Terminate();

    /// <summary>It is started again as soon as it has ended, and waits for the others.</summary>
    [NamespacesFact]
    public async Task A_node_partitioned_from_the_others_closes_its_reachable_clients()
    {
        await using var machines = await Machines.StartAsync();
        Note("three nodes are up");
        var lost = machines.All[^1];
        await using var room = await Room.EnterAsync(_people, machines, lost);
        Note("all hear each other");

        lost.CutFromNodes();
        await ExpectMinorityToEndAsync(lost);
        await machines.RestartAsync(lost);
        await room.ExpectOnMajorityAsync();
        Note("all are with the majority");
        Assert.False(await machines.IsReadyAsync(lost));

        lost.Heal();
        await machines.ReadyAsync(lost);
        await ExpectOneClusterAsync(machines, room, lost);
    }

    /// <summary>The node with the shard coordinator, which is the first seed: it is restarted when the others are reachable.</summary>
    [NamespacesFact]
    public async Task The_oldest_node_is_partitioned_from_all_others()
    {
        await using var machines = await Machines.StartAsync();
        Note("three nodes are up");
        var lost = machines.All[0];
        await using var room = await Room.EnterAsync(_people, machines, lost);
        Note("all hear each other");

        lost.CutFromAll();
        await room.ExpectOnMajorityAsync();
        Note("all are with the majority");
        await ExpectMinorityToEndAsync(lost);

        lost.Heal();
        await machines.RestartAsync(lost);
        await machines.ReadyAsync(lost);
        await ExpectOneClusterAsync(machines, room, lost);
    }

    private async Task ExpectMinorityToEndAsync(Machine lost)
    {
        Assert.Equal(1, await lost.Program.WaitForExitAsync());
        Note("the minority has ended");
        Assert.StartsWith(
            "This node lost contact with the majority of its cluster", Assert.Single(lost.Program.Errors), StringComparison.Ordinal);
    }

    private async Task ExpectOneClusterAsync(Machines machines, Room room, Machine back)
    {
        Note("it is back");
        await room.WelcomeAsync(await Chatter.EnterAsync(_people, machines, "Zoe", back));
        Note("who comes by it is heard by all");
        output.WriteLine(await room.ExpectNothingTwiceAsync());
    }

    private void Note(string what) => output.WriteLine($"{_clock.Elapsed.TotalSeconds,5:0.0} s {what}");
}
