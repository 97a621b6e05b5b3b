using System.Net.WebSockets;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>Three nodes as their clients see them: one server.</summary>
public sealed class NodesTests(Trio nodes, ITestOutputHelper output) : IClassFixture<Trio>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task People_on_three_nodes_see_each_other_and_chat()
    {
        using var ann = await ChatClient.EnterAsync(nodes.A, "tea", "Ann");
        using var bob = await ChatClient.EnterAsync(nodes.B, "tea", "Bob");
        using var cy = await ChatClient.EnterAsync(nodes.C, "tea", "Cy");
        await ann.SeeAsync("Bob", "Cy");

        await bob.SayUntilHeardAsync("hello", ann, cy);
        await ann.SayUntilHeardAsync("hello", bob, cy);
    }

    [Fact]
    public async Task Two_people_with_one_name_on_two_nodes_get_two_names_that_all_nodes_agree_on()
    {
        using var ann = await ChatClient.EnterAsync(nodes.A, "twins", "Ann");
        using var other = new ClientWebSocket();
        await other.ConnectAsync(nodes.B.WebSocketUri("/chat/twins?name=Ann"), CancellationToken.None);
        using var witness = await ChatClient.EnterAsync(nodes.C, "twins", "Cy");

        await ann.ExpectAsync("joined", "Ann-2");
        Assert.Contains("Ann-2", await UntilAsync(other, "Ann-2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publish_on_one_node_reaches_members_on_all_nodes_once()
    {
        ServerProcess[] all = [nodes.A, nodes.B, nodes.C];
        var members = await Task.WhenAll(all.Concat(all).Select(static node => node.ConnectAsync("/broadcast/news")));
        await Reach(members[0], members);

        for (var i = 0; i < 100; i++)
        {
            await members[0].SendAsync($"{i}");
        }

        foreach (var member in members)
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.Equal($"{i}", await member.ReceiveTextAsync());
            }

            member.Dispose();
        }
    }

    [Fact]
    public async Task All_nodes_have_the_same_members_within_three_seconds_of_a_change()
    {
        using var ann = await ChatClient.EnterAsync(nodes.A, "clock", "Ann");
        using var bob = await ChatClient.EnterAsync(nodes.B, "clock", "Bob");
        await ann.ExpectAsync("joined", "Bob");

        using var cy = await ChatClient.EnterAsync(nodes.C, "clock", "Cy");
        var came = await TimeAsync(Task.WhenAll(ann.ExpectAsync("joined", "Cy"), bob.ExpectAsync("joined", "Cy")));
        await cy.LeaveAsync();
        var left = await TimeAsync(Task.WhenAll(ann.ExpectAsync("left", "Cy"), bob.ExpectAsync("left", "Cy")));

        output.WriteLine($"seen on all nodes {came.TotalSeconds:0.00} s after coming, {left.TotalSeconds:0.00} s after leaving");
        Assert.InRange(came, TimeSpan.Zero, Soon);
        Assert.InRange(left, TimeSpan.Zero, Soon);
    }

    /// <summary>
    /// The duration, in waits between queries to all nodes. On a busy machine these waits last longer, like the nodes' own work.
    /// </summary>
    private async Task<TimeSpan> TimeAsync(Task happens)
    {
        using var http = new HttpClient();
        var looks = 0;
        for (; !happens.IsCompleted; looks++)
        {
            await Task.WhenAny(happens, Task.Delay(Look));
            await Task.WhenAll(nodes.Nodes.Select(node => http.GetStringAsync(node.HttpUri("/health/live"))));
        }

        await happens;
        return looks * Look;
    }

    /// <summary>Publishes marks until all have received one, then a last one, so that no publish is in flight.</summary>
    private static async Task Reach(ClientWebSocket publisher, ClientWebSocket[] members)
    {
        var heard = Task.WhenAll(members.Select(static member => member.ReceiveTextAsync()));
        while (!heard.IsCompleted)
        {
            await publisher.SendAsync("mark");
            await Task.WhenAny(heard, Task.Delay(50));
        }

        await heard;
        await publisher.SendAsync("last");
        await Task.WhenAll(members.Select(static member => UntilAsync(member, "last")));
    }

    private static async Task<string> UntilAsync(ClientWebSocket client, string part)
    {
        while (true)
        {
            var text = await client.ReceiveTextAsync();
            if (text.Contains(part, StringComparison.Ordinal))
            {
                return text;
            }
        }
    }
}
