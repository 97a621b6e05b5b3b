using Akka.Actor;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>
/// The two durations that tell a slow handler from a slow client: that of its handling, and that in the send queue. A meter is visible to
/// the whole process, so this runs alone.
/// </summary>
[Collection(nameof(MetricsSpec))]
public sealed class LatencySpec : Akka.TestKit.Xunit2.TestKit
{
    private const string Route = "server.address=127.0.0.1 server.port=8080 url.scheme=ws network.protocol.version=1.1 http.route=/";

    private readonly MeasurementLog _log;

    private readonly ManualTime _time;

    public LatencySpec()
        : this(new ManualTime())
    {
    }

    private LatencySpec(ManualTime time)
        : base(WebSocketTestKit.Setup.And(new WebSocketSetup { Time = time })) => (_time, _log) = (time, new MeasurementLog(Sys));

    public static TheoryData<Type> Handlers => [typeof(SlowActor), typeof(SlowHandler)];

    [Theory]
    [MemberData(nameof(Handlers))]
    public void A_slow_handler_is_seen_in_its_own_duration_alone(Type handler)
    {
        var gate = new TaskCompletionSource();
        var kit = Serve(Props.Create(handler, gate.Task));
        var client = kit.Connect();
        kit.AwaitIdle();

        client.Send([.. Wire.Text("slow"), .. Wire.Text("next")]);
        AwaitRead(client);
        Pass(3);
        Assert.Equal(0, Count("handler.duration"));
        gate.SetResult();
        client.ExpectText("slow");
        client.ExpectText("next");
        kit.AwaitIdle();

        Assert.Equal((2, 2), (Count("handler.duration"), Count("send_queue.duration")));
        Assert.Equal(3 + 3, Sum("handler.duration"));
        Assert.Equal(0, Sum("send_queue.duration"));
    }

    [Fact]
    public void A_slow_client_is_seen_in_the_send_queue_alone()
    {
        var kit = Serve(Props.Create<SlowActor>(Task.CompletedTask));
        var client = kit.Connect();
        client.Socket.StopReading();

        client.SendText("taken late");
        kit.AwaitIdle();
        client.SendText("queued behind it");
        kit.AwaitIdle();
        Pass(3);
        Assert.Equal(0, Count("send_queue.duration"));
        client.Socket.ResumeReading();
        client.ExpectText("taken late");
        client.ExpectText("queued behind it");
        kit.AwaitIdle();

        Assert.Equal((2, 2), (Count("handler.duration"), Count("send_queue.duration")));
        Assert.Equal(0, Sum("handler.duration"));
        Assert.Equal(3 + 3, Sum("send_queue.duration"));
    }

    [Fact]
    public void A_message_that_is_never_taken_has_no_duration()
    {
        var kit = Serve(Props.Create<SlowActor>(Task.CompletedTask));
        var client = kit.Connect();
        client.Socket.StopReading();
        client.SendText("in flight");
        client.SendText("queued");
        kit.AwaitIdle();

        client.Socket.Reset();
        client.Socket.ExpectStopped();

        Assert.Equal(0, Count("send_queue.duration"));
    }

    [Theory]
    [InlineData("unstash", 2)]
    [InlineData("unstash all", 4)]
    [InlineData("clear", 0)]
    public void A_stashed_message_is_handled_once_it_is_unstashed(string command, int seconds)
    {
        var kit = Serve(Props.Create<Stashing>());
        var client = kit.Connect();

        client.SendText("a");
        client.SendText("b");
        kit.AwaitIdle();
        Pass(2);
        Assert.Equal(0, Count("handler.duration"));
        client.SendText(command);
        kit.AwaitIdle();

        Assert.Equal(1 + (seconds / 2), Count("handler.duration"));
        Assert.Equal(seconds, Sum("handler.duration"));
    }

    [Fact]
    public void A_message_that_fails_its_handler_is_handled_then()
    {
        var kit = Serve(Props.Create<Stashing>());
        var client = kit.Connect();

        client.SendText("a");
        client.SendText("fail");
        kit.AwaitIdle();

        // The restart puts the stash back into the mailbox, and the new instance stashes it again.
        Assert.Equal(1, Count("handler.duration"));
        client.SendText("unstash");
        kit.AwaitIdle();
        Assert.Equal(3, Count("handler.duration"));
    }

    [Fact]
    public void A_message_is_measured_from_its_read_not_from_the_demand_for_it()
    {
        var gate = new TaskCompletionSource();
        var kit = Serve(Props.Create<SlowHandler>(gate.Task));
        var client = kit.Connect();
        kit.AwaitIdle();
        client.Send([.. Enumerable.Range(0, 20).SelectMany(static i => Wire.Text($"{i}"))]);

        AwaitRead(client);
        Pass(1);
        gate.SetResult();
        for (var i = 0; i < 20; i++)
        {
            client.ExpectText($"{i}");
        }

        kit.AwaitIdle();
        Assert.Equal((20, 20), (Count("handler.duration"), Sum("handler.duration")));
    }

    [Fact]
    public void A_shared_handler_is_not_measured()
    {
        var handler = new HandlerProbe(this);
        var kit = new WebSocketTestKit(this, RouteTable.Empty.MapShared("/", handler.Ref));
        var client = kit.Connect();
        handler.ExpectOpened();
        client.SendText("hello");
        handler.ExpectText("hello");
        kit.AwaitIdle();

        Assert.Equal(0, Count("handler.duration"));
    }

    protected override void AfterAll()
    {
        _log.Dispose();
        base.AfterAll();
    }

    private WebSocketTestKit Serve(Props handler) => new(this, handler);

    /// <summary>Time passes: that of the handlers and clients under test.</summary>
    private void Pass(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Waits until the connection has read what was sent at once, even if its handler is not idle.</summary>
    private static void AwaitRead(ClientProbe client) =>
        client.Connection.Ask<ActorIdentity>(new Identify(null), Eventually.Patience).GetAwaiter().GetResult();

    private double Sum(string instrument) => _log.Sum(Sys, instrument, Route);

    private int Count(string instrument) => _log.Count(Sys, instrument, Route);

    /// <summary>Echoes each text once a task has ended, as any actor may.</summary>
    private sealed class SlowActor : ReceiveActor
    {
        public SlowActor(Task gate) => ReceiveAsync<Ws.Received>(async received =>
        {
            await gate.ConfigureAwait(true);
            Sender.Tell(Ws.Send.Text(received.Text));
        });
    }

    /// <summary>The same by demand.</summary>
    private sealed class SlowHandler(Task gate) : WebSocketHandler
    {
        protected override void OnText(string text) => RunTask(async () =>
        {
            await gate.ConfigureAwait(true);
            Connection.Tell(Ws.Send.Text(text));
        });
    }

    /// <summary>Stashes each text, until one says what becomes of the stash.</summary>
    private sealed class Stashing : UntypedActor, IWithUnboundedStash
    {
        private bool _isOpen;

        public IStash Stash { get; set; } = null!; // Set by Akka.

        protected override void OnReceive(object message)
        {
            switch ((message as Ws.Received)?.Text)
            {
                case null: break;
                case "fail": throw new InvalidOperationException("as the test wants it");
                case "unstash": _isOpen = true; Stash.Unstash(); break;
                case "unstash all": _isOpen = true; Stash.UnstashAll(); break;
                case "clear": Stash.ClearStash(); break;
                case var _ when !_isOpen: Stash.Stash(); break;
            }
        }
    }
}
