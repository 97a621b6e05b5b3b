using System.Diagnostics;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// All nodes are replaced, one after the other, while a thousand messages a second pass through sessions: each message that a session has
/// acknowledged reaches its client once and in order, and so does each of a client. The speed depends on the machine, and is printed; the
/// arrival does not.
/// </summary>
public sealed class RollingRestartTests(Browser browser, ITestOutputHelper output) : IClassFixture<Browser>, IAsyncLifetime
{
    private const int Clients = 40;

    private const int MessagesPerSecond = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The pause before the first node is replaced, between two, and after the last.</summary>
    private static readonly TimeSpan Rest = Environment.GetEnvironmentVariable("WSACTORS_MEASURE") is null
        ? TimeSpan.FromSeconds(2)
        : TimeSpan.FromSeconds(60);

    // No session is lost here however slow the machine is: the time limits of a hand-over are for machines that are not overloaded.
    private readonly Trio _nodes = new(
        "--set", "akka.cluster.split-brain-resolver.stable-after=60s",
        "--set", "akka.cluster.failure-detector.acceptable-heartbeat-pause=20s",
        "--set", "akka.cluster.sharding.handoff-timeout=60s",
        "--set", "akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout=60s");

    public Task InitializeAsync() => _nodes.InitializeAsync();

    public Task DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Every_acknowledged_message_arrives_once_and_in_order_while_each_node_is_replaced()
    {
        var welcomes = new Welcomes();
        await using var publisher = await PublishingNode.JoinAsync(_nodes.Seeds);
        await using var relay = new Relay(_nodes.Nodes.Select(static node => node.Port), welcomes.Listen);
        await using var clients = await ListeningClients.ConnectAsync(relay.Address, Clients);
        var page = BrowserFactAttribute.Missing is { } why ? null : await ListeningPage.OpenAsync(browser, relay.Address);
        output.WriteLine(page is null ? BrowserFactAttribute.Missing : "a page of Chromium is among the clients");
        using var stop = new CancellationTokenSource();
        var publishing = publisher.PublishAsync(welcomes.Begun, MessagesPerSecond, stop.Token);

        for (var node = 0; node < _nodes.Nodes.Count; node++)
        {
            await Task.Delay(Rest);
            await ReplaceAsync(node, relay);
        }

        await Task.Delay(Rest);
        await stop.CancelAsync();
        var time = await publishing;
        var published = await publisher.FinishAsync();
        var heard = await HearAllAsync(clients, page, published);
        Tell(welcomes, time, published, heard);

        Assert.All(published, static one => Assert.Null(one.Failed));
        Assert.All(published, static one => Assert.Equal(one.Issued, one.Delivered));
        Assert.All(heard, static one => Assert.Null(one.Fault));
        Assert.Equal(published.Select(static one => one.Delivered).Order(), heard.Select(static one => one.Last).Order());
        Assert.All(heard, static one => Assert.Equal(one.Said, one.Echoed));
        Assert.Equal(0, welcomes.Count("false"));
        Assert.Equal(heard.Count, heard.Select(static one => one.Session).Distinct().Count());
    }

    private async Task ReplaceAsync(int node, Relay relay)
    {
        var since = Stopwatch.StartNew();
        relay.Remove(_nodes.Nodes[node].Port);
        var exitCode = await _nodes.RestartAsync(node);
        relay.Add(_nodes.Nodes[node].Port);
        output.WriteLine($"node {node} was replaced in {since.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(0, exitCode);
    }

    /// <summary>The messages of the clients, when complete, or at a fault.</summary>
    private static async Task<IReadOnlyList<SessionListener.Figures>> HearAllAsync(
        ListeningClients clients,
        ListeningPage? page,
        IReadOnlyList<SessionPublisher.Figures> published)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var all = published.Sum(static one => one.Delivered);
        while (true)
        {
            var heard = (await clients.AskAsync()).ToList();
            if (page is not null)
            {
                heard.Add(await page.AskAsync());
            }

            if (deadline.IsCancellationRequested || heard.Exists(static one => one.Fault is not null)
                || (heard.Sum(static one => one.Last) == all && heard.TrueForAll(static one => one.Said == one.Echoed)))
            {
                return heard;
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }

    private void Tell(
        Welcomes welcomes, TimeSpan time, IReadOnlyList<SessionPublisher.Figures> published, IReadOnlyList<SessionListener.Figures> heard)
    {
        var messages = published.Sum(static one => one.Delivered);
        output.WriteLine(
            $"{messages} messages to {heard.Count} sessions in {time.TotalSeconds:0.0} s, {messages / time.TotalSeconds:0} a second; told "
                + $"again {published.Sum(static one => one.Retries)} times");
        output.WriteLine($"{heard.Sum(static one => one.Echoed)} messages of clients came back");
        output.WriteLine($"recovered: true {welcomes.Count("true")}, false {welcomes.Count("false")} (new {welcomes.Count("new")})");
        output.WriteLine($"longest pause that a client saw: {heard.Max(static one => one.LongestPause).TotalSeconds:0.0} s");
    }
}
