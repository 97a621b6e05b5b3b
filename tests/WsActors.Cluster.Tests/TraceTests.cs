using System.Diagnostics;
using Akka.Actor;
using OpenTelemetry;
using OpenTelemetry.Trace;
using WsActors.EndToEnd.Tests;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Cluster.Tests;

/// <summary>One trace follows a message of a page to a member on another node.</summary>
public sealed class TraceTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private readonly List<Activity> _spans = [];

    private Node[] _nodes = [];

    public async Task InitializeAsync() => _nodes = BrowserFactAttribute.Missing is null ? await Node.StartCluster(2) : [];

    public async Task DisposeAsync() => await Task.WhenAll(_nodes.Select(static node => node.DisposeAsync().AsTask()));

    [BrowserFact]
    public async Task A_trace_follows_a_message_from_a_page_over_its_handler_to_a_member_on_another_node()
    {
        var (trace, caller) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        using var provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(WebSocketTracing.SourceName)
            .SetSampler(new ParentBasedSampler(new AlwaysOffSampler()))
            .AddInMemoryExporter(_spans)
            .Build();
        var (a, b) = (_nodes[0], _nodes[1]);
        var member = b.Member("tea");
        await ReachAsync(a, member);
        var bound = await a.System.WebSockets().BindAsync("ws://127.0.0.1:0", Routes(a.RefOf(b, member.Connection)));
        var page = await browser.NewPageAsync(new Uri($"http://{bound.LocalEndPoint}/"));
        await page.Context.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["traceparent"] = $"00-{trace}-{caller}-01" });

        await page.EvaluateAsync(
            """
            () => {
                const socket = new WebSocket(`ws://${location.host}/work/ann?token=s3cret`);
                socket.onopen = () => socket.send('hi');
            }
            """);
        while (member.ExpectAnyText() != "hi")
        {
        }

        await Eventually.Holds(() => _spans.Count == 5, "the trace has not all spans");
        var spans = _spans.ToDictionary(static span => span.DisplayName);
        Assert.All(spans.Values, span => Assert.Equal(trace, span.TraceId));
        AssertParent(caller, spans["GET /work/{user}"], isRemote: true);
        AssertParent(spans["GET /work/{user}"].SpanId, spans["receive /work/{user}"], isRemote: false);
        AssertParent(spans["receive /work/{user}"].SpanId, spans["publish"], isRemote: false);
        AssertParent(spans["publish"].SpanId, spans["deliver"], isRemote: true);
        AssertParent(spans["receive /work/{user}"].SpanId, spans["send /"], isRemote: true);
        Assert.DoesNotContain(
            spans.Values.SelectMany(static span => span.TagObjects),
            static tag => tag.Value is string text && (text.Contains("ann") || text.Contains("tea") || text.Contains("s3cret")));
    }

    private static RouteTable Routes(IActorRef member) => RouteTable.Empty
        .Get("/", new PlainResponse(200, [new("Content-Type", "text/html")], "<!doctype html><title>page</title>"u8.ToArray()))
        .Map("/work/{user}", _ => Props.Create<Publisher>(member));

    /// <summary>Waits until a node has heard of a member of another.</summary>
    private static async Task ReachAsync(Node publisher, ClientProbe member)
    {
        var reached = Task.Run(() => member.ExpectText("mark"));
        while (!reached.IsCompleted)
        {
            publisher.Publish("tea", Ws.Send.Text("mark"));
            await Task.Delay(50);
        }

        await reached;
    }

    private static void AssertParent(ActivitySpanId parent, Activity span, bool isRemote) =>
        Assert.Equal((parent, isRemote), (span.ParentSpanId, span.HasRemoteParent));

    /// <summary>Sends to a connection of another node, then publishes.</summary>
    private sealed class Publisher(IActorRef member) : WebSocketHandler
    {
        protected override void OnText(string text)
        {
            member.Tell(Ws.Send.Text("direct") with { Ack = "taken" }, Self);
            Context.System.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text(text)), Self);
        }

        protected override void OnMessage(object message)
        {
        }
    }
}
