using Akka.Actor;
using Akka.TestKit;
using WsActors.Messages;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Topics;

namespace WsActors.Tests.Sessions;

/// <summary>
/// The publishes of a session's handler slow the session, and count until members have taken them. A probe plays a late member.
/// </summary>
public sealed class SessionPublishSpec : WebSocketSpec
{
    /// <summary>The number of messages of 1,000 bytes that fill a member's window.</summary>
    private const int Window = (DeliveryWindow.MaxBytes / 1000) + 1;

    /// <summary>The number of them that exceeds the limit by the last, which is not refused: 128 bytes count beside each.</summary>
    private const int JustTooMany = (100 * 1024 / 1128) + 1;

    private readonly TestProbe _late;

    private readonly WebSocketTestKit _kit;

    /// <summary>Blocks the handler in its <c>Closed</c> while it is not set.</summary>
    private readonly ManualResetEventSlim _mayStop = new(initialState: true);

    public SessionPublishSpec()
        : base("ws-actors { topics.max-queued-size = 100KiB, sessions.max = 1 }")
    {
        _kit = Serve(RouteTable.Empty.Map("/", _ => Props.Create<Publisher>(_mayStop), new WebSocketRouteOptions { Sessions = true }));
        _late = CreateTestProbe();
        Topics.Tell(new TopicsActor.MemberCommand(_late.Ref, null, new Ws.Join("tea")), _late.Ref);
        _late.ExpectMsg<Ws.Joined>();
    }

    private IActorRef Topics => Sys.WebSockets().Topics;

    private int Sessions => Sys.WebSockets().SessionHost.Quota.Sessions;

    private PublishBacklogs Waiting => Sys.WebSockets().Publishing;

    [Fact]
    public void An_ended_session_counts_until_members_have_taken_its_publishes()
    {
        var client = SessionClient.Begin(_kit);
        FillWindow();
        client.Send("hi");
        client.ExpectHandled(1);

        client.Socket.SendClose();
        client.Socket.ExpectClose(1000);
        _kit.AwaitIdle();
        _kit.Advance(Seconds(30));

        Assert.Equal(130, Waiting.Bytes);
        Assert.Equal(1, Sessions);
        TakeLate(Window + 1);
        AwaitAssert(() => Assert.Equal((0L, 0), (Waiting.Bytes, Sessions)));
    }

    [Fact]
    public async Task Shutdown_ends_a_session_that_waits_for_members_to_take_its_publishes()
    {
        var client = SessionClient.Begin(_kit);
        PublishBehindFullWindow(client);
        client.Socket.SendClose();
        client.Socket.ExpectClose(1000);
        _kit.AwaitIdle();
        Assert.Equal(1, Sessions);

        await EndAllSessions();

        Assert.Equal((130, 0), (Waiting.Bytes, Sessions));
    }

    [Fact]
    public async Task Shutdown_does_not_wait_for_members_to_take_the_publishes_of_an_open_session()
    {
        PublishBehindFullWindow(SessionClient.Begin(_kit));

        await EndAllSessions();

        Assert.Equal((130, 0), (Waiting.Bytes, Sessions));
    }

    [Fact]
    public async Task Shutdown_does_not_wait_for_members_to_take_the_publishes_of_a_session_whose_handler_is_stopping()
    {
        var client = SessionClient.Begin(_kit);
        FillWindow();
        client.Send("hi");
        client.ExpectHandled(1);
        _mayStop.Reset();
        client.Socket.SendClose();
        client.Socket.ExpectClose(1000);

        var ended = EndAllSessions();
        _mayStop.Set();

        await ended;
        Assert.Equal((130, 0), (Waiting.Bytes, Sessions));
    }

    [Fact]
    public void A_session_acknowledges_nothing_while_publish_backlogs_are_full_and_its_handler_has_one()
    {
        var client = SessionClient.Begin(_kit);
        FillWindow();
        Publish(JustTooMany);
        AwaitCondition(() => Waiting.IsFull);

        client.Send("hi");
        _kit.AwaitIdle();

        client.ExpectNothing();
        TakeLate(Window + JustTooMany + 1);
        client.ExpectHandled(1);
    }

    /// <summary>The late member has a full window; later publishes wait.</summary>
    private void FillWindow()
    {
        Publish(Window);
        AwaitCondition(() => Waiting.Bytes == 0);
    }

    /// <summary>The handler's publish waits: the member's window is full.</summary>
    private void PublishBehindFullWindow(SessionClient client)
    {
        FillWindow();
        client.Send("hi");
        client.ExpectHandled(1);
    }

    /// <summary>The shutdown of the node. Its answer comes without virtual time passing.</summary>
    private Task<Akka.Done> EndAllSessions() =>
        Sys.WebSockets().Sessions.Ask<Akka.Done>(SessionMessages.EndAll.Instance, TestKitSettings.DefaultTimeout);

    private void Publish(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Topics.Tell(new Ws.Publish("tea", Ws.Send.Binary(new byte[1000])), TestActor);
        }
    }

    private void TakeLate(int count)
    {
        while (count > 0)
        {
            switch (_late.ReceiveOne(TestKitSettings.DefaultTimeout))
            {
                case Ws.Send: count--; break;
                case DeliveryWindow window: Topics.Tell(window, _late.Ref); break;
                case var other: Assert.Fail($"{other}"); break;
            }
        }
    }

    /// <summary>Publishes the messages that it receives.</summary>
    private sealed class Publisher(ManualResetEventSlim mayStop) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Received received:
                    Context.System.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.FromReceived(received)));
                    break;
                case Ws.Closed: Assert.True(mayStop.Wait(TimeSpan.FromMinutes(1))); break;
            }
        }
    }
}
