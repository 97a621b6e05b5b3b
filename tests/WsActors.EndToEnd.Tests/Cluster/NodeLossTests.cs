using System.Diagnostics;
using System.Runtime.InteropServices;
using WsActors.Protocol;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>One node of three leaves or is killed; the others continue.</summary>
public sealed class NodeLossTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Trio _nodes = new();

    public Task InitializeAsync() => _nodes.InitializeAsync();

    public Task DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task People_of_a_killed_node_leave_or_return_on_another_with_the_same_name()
    {
        using var ann = await ChatClient.EnterAsync(_nodes.A, "tea", "Ann");
        using var bob = await ChatClient.EnterAsync(_nodes.B, "tea", "Bob");
        using var cy = await ChatClient.EnterAsync(_nodes.C, "tea", "Cy");
        using var dan = await ChatClient.EnterAsync(_nodes.C, "tea", "Dan");
        await Task.WhenAll(ann.SeeAsync("Cy", "Dan"), bob.SeeAsync("Cy", "Dan"));

        var since = Stopwatch.StartNew();
        _nodes.C.Kill();
        await cy.ExpectEndAsync();
        using var back = await ChatClient.EnterAsync(_nodes.B, "tea", "Cy");
        await Task.WhenAll(ann.ExpectAsync("left", "Dan"), bob.ExpectAsync("left", "Dan"));

        output.WriteLine($"who was there is gone {since.Elapsed.TotalSeconds:0.0} s after the kill");
        Assert.Equal("Cy", back.Name);
        await back.SayUntilHeardAsync("I am back", ann, bob);
    }

    [Fact]
    public async Task A_terminated_node_closes_its_clients_leaves_and_exits_with_0()
    {
        using var ann = await ChatClient.EnterAsync(_nodes.A, "tea", "Ann");
        using var bob = await ChatClient.EnterAsync(_nodes.B, "tea", "Bob");
        await ann.ExpectAsync("joined", "Bob");

        _nodes.B.Signal(PosixSignal.SIGTERM);
        await bob.ExpectEndAsync();
        Assert.Equal(CloseCode.ServiceRestart, bob.CloseCode);
        await ann.ExpectAsync("left", "Bob");
        Assert.Equal(0, await _nodes.B.WaitForExitAsync());
        using var back = await ChatClient.EnterAsync(_nodes.C, "tea", "Bob");

        await ann.ExpectAsync("joined", "Bob");
        await Eventually.Holds(
            () =>
                _nodes.A.Output.Concat(_nodes.C.Output)
                    .Any(static line => line.Contains("removing confirmed Exiting node", StringComparison.Ordinal)),
            () => "the others did not hear that it left");
    }
}
