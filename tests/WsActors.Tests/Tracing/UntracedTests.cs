using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Metrics;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Runtime;
using WsActors.Topics;
using WsActors.Tracing;
using WsActors.Transport;

namespace WsActors.Tests.Tracing;

/// <summary>Tracing without a listener costs nothing.</summary>
[Collection(nameof(MetricsSpec))]
public sealed class UntracedTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("untraced");

    public void Dispose()
    {
        _system.Terminate().Wait();
        _system.Dispose();
    }

    [Fact]
    public void Messages_acks_and_publishes_without_a_listener_allocate_nothing_for_traces()
    {
        using var all = new WebSocketMetrics(_system, new Clock(TimeProvider.System));
        var metrics = new RouteMetrics(all, new EndpointAddress("ws", "127.0.0.1", 8080), "1.1", new("http.route", "/"));
        var acks = new AckNotifier(ActorRefs.Nobody) { Metrics = metrics };
        var queued = QueuedFrame.FromSend(1, Ws.Send.Text("hi") with { Ack = "taken" }, ActorRefs.Nobody);
        var received = new Ws.Received { Connection = ActorRefs.Nobody, Kind = MessageKind.Text, Payload = "hi"u8.ToArray() };

        var isTraced = false;
        var bytes = LeastOf(() =>
        {
            acks.OnQueued(1, queued.Message!);
            acks.NotifySent(queued);
            acks.OnQueued(2, queued.Message!);
            acks.NotifyFailed(queued, Ws.SendFailure.Dropped);
            acks.NotifyRefused(queued.Message!, ActorRefs.Nobody, Ws.SendFailure.Dropped);
            ActorRefs.Nobody.TellTraced(received, ActorRefs.NoSender);
            isTraced |= received.TraceContext != default || received.StartActivity("price") is not null || Tracer.IsOn;
        });

        Assert.Equal((2 * SizeOfSendFailed(), false), (bytes, isTraced));
    }

    [Fact]
    public void A_publish_without_a_listener_allocates_its_publication_alone()
    {
        var backlogs = new PublishBacklogs(1_000_000, new Clock(TimeProvider.System), NoLogger.Instance);
        var publish = new Ws.Publish("tea", Ws.Send.Text("hi"));
        var publication = LeastOf(() => _ = new Publication("tea", publish.Message, ActorRefs.Nobody, null!) { Backlogs = backlogs });
        backlogs.TryAccept(publish, ActorRefs.Nobody, ActorRefs.Nobody);

        Assert.Equal(publication, LeastOf(() => backlogs.TryAccept(publish, ActorRefs.Nobody, ActorRefs.Nobody)));
    }

    [Fact]
    public void An_event_and_a_send_have_the_size_of_their_own_fields()
    {
        const int Header = 16;
        const int Reference = 8;
        const int Memory = 16;

        Assert.Equal(
            Header + Reference + Memory + 8,
            LeastOf(static () => _ = new Ws.Received { Connection = ActorRefs.Nobody, Kind = MessageKind.Text, Payload = default }));
        Assert.Equal(Header + (4 * Reference) + Memory + 8 + 8, LeastOf(static () => _ = Ws.Send.Binary(default)));
    }

    private static long SizeOfSendFailed() => LeastOf(static () =>
        _ = new Ws.SendFailed { Connection = ActorRefs.Nobody, Send = null!, Reason = Ws.SendFailure.Dropped });

    /// <summary>The bytes that one call allocates. A collection on another thread may add to the measurement of one run.</summary>
    private static long LeastOf(Action call)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 5; run++)
        {
            call();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                call();
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / 20);
        }

        return least;
    }
}
