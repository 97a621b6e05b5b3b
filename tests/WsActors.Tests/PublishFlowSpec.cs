using System.Globalization;
using Akka.Actor;
using Akka.TestKit;
using WsActors.Protocol.Frames;
using WsActors.TestKit;
using WsActors.Topics;

namespace WsActors.Tests;

/// <summary>
/// A publisher that is faster than the members is slowed, and the backlog is bounded. A probe that does not tell its window back
/// plays a member whose connection has not come to run.
/// </summary>
public sealed class PublishFlowSpec : WebSocketSpec
{
    private const int PauseAbove = 20_000;

    /// <summary>The number of small messages that fill a window, with some waiting.</summary>
    private const int Many = DeliveryWindow.MaxMessages + 16;

    /// <summary>The additional bytes of one read.</summary>
    private const int ReadBytes = 1500;

    private readonly TestProbe _late;

    public PublishFlowSpec()
        : base("ws-actors.topics.max-queued-size = 100KiB") => _late = CreateTestProbe();

    private IActorRef Topics => Sys.WebSockets().Topics;

    private PublishBacklogs Waiting => Sys.WebSockets().Publishing;

    [Fact]
    public void A_publisher_is_not_read_while_members_are_behind_and_they_get_all_messages_in_order()
    {
        var kit = ServePublishers();
        var (publisher, member) = (kit.Connect(), kit.Connect());
        Join(member.Connection);
        Join(_late.Ref);
        var payload = Enumerable.Range(0, 200).Select(static i => $"{i}".PadRight(1000)).ToArray();

        publisher.Send(Array.ConvertAll(payload, static text => ClientProbe.Frame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text))));
        kit.AwaitIdle();

        Assert.False(publisher.Socket.IsReadAskedFor);

        // The pause started above the limit; members have taken less than the half at which it would end.
        Assert.InRange(Waiting.Bytes, PauseAbove / 2, PauseAbove + ReadBytes);
        Assert.Equal(payload, TakeLate(200));
        Assert.All(payload, member.ExpectText);
        AwaitAssert(() => Assert.Equal((true, 0L), (publisher.Socket.IsReadAskedFor, Waiting.Bytes)));
    }

    [Fact]
    public void No_more_than_a_window_waits_in_the_mailbox_of_a_member()
    {
        Join(_late.Ref);

        Publish("tea", Many, size: 10);

        var messages = _late.ReceiveN(DeliveryWindow.MaxMessages + 1);
        Assert.Equal(DeliveryWindow.MaxMessages, messages.OfType<Ws.Send>().Count());
        _late.ExpectNoMsg(TimeSpan.Zero);
        Topics.Tell(messages.OfType<DeliveryWindow>().Single(), _late.Ref);
        Assert.Equal(16, TakeLate(16).Count);
    }

    [Fact]
    public void A_late_member_delays_only_its_own_topics()
    {
        var kit = ServePublishers();
        var (both, other) = (kit.Connect(), kit.Connect());
        Join(_late.Ref);
        Join(both.Connection);
        Join(both.Connection, "coffee");
        Join(other.Connection, "coffee");
        Publish("tea", Many, size: 1);

        Publish("coffee", Many, size: 2);

        Assert.All(Enumerable.Range(0, Many), _ => Assert.Equal([0, 0], other.ExpectBinary()));
        var sizes = Enumerable.Range(0, DeliveryWindow.MaxMessages + Many).Select(_ => both.ExpectBinary().Length).ToList();
        Assert.Equal((DeliveryWindow.MaxMessages, Many), (sizes.Count(static size => size == 1), sizes.Count(static size => size == 2)));
        TakeLate(Many);
        Assert.All(Enumerable.Range(0, 16), _ => Assert.Single(both.ExpectBinary()));
    }

    [Fact]
    public void A_stopped_member_delays_no_one()
    {
        var kit = ServePublishers();
        var member = kit.Connect();
        Join(member.Connection);
        Join(_late.Ref);
        Publish("tea", Many, size: 1);

        Sys.Stop(_late.Ref);

        Assert.All(Enumerable.Range(0, Many), _ => Assert.Single(member.ExpectBinary()));
    }

    [Fact]
    public void A_closing_connection_delays_no_other_member()
    {
        var kit = ServePublishers();
        var (closing, member) = (kit.Connect(), kit.Connect());
        Join(closing.Connection);
        Join(member.Connection);
        closing.Connection.Tell(new Ws.Close(), TestActor);
        kit.AwaitIdle();

        Publish("tea", 2 * Many, size: 1);

        Assert.All(Enumerable.Range(0, 2 * Many), _ => Assert.Single(member.ExpectBinary()));
    }

    [Fact]
    public void A_later_member_does_not_get_earlier_queued_publishes()
    {
        var kit = ServePublishers();
        Join(_late.Ref);
        Publish("tea", Many, size: 1);
        var member = kit.Connect();
        Join(member.Connection);

        Publish("tea", 1, size: 2);
        TakeLate(Many + 1);

        Assert.Equal([0, 0], member.ExpectBinary());
    }

    [Fact]
    public void Queued_publishes_are_relayed_after_the_last_member_has_left()
    {
        var follower = CreateTestProbe();
        Topics.Tell(TopicFeed.Subscribe.Instance, follower.Ref);
        Join(_late.Ref);
        Publish("tea", Many, size: 1);

        Sys.Stop(_late.Ref);

        Assert.All(Enumerable.Range(0, Many), _ => follower.FishForMessage<TopicFeed.Published>(static _ => true));
        Assert.Equal(Many * 129, Waiting.Bytes);
    }

    [Fact]
    public void Connections_of_a_shared_handler_are_not_read_while_members_have_not_taken_its_publishes()
    {
        var kit = Serve(static options => options with { SendQueue = options.SendQueue with { PauseReadingAboveBytes = PauseAbove } });
        var client = kit.Connect();
        Handler.ExpectOpened();
        Join(_late.Ref);
        for (var i = 0; i < 90; i++)
        {
            Topics.Tell(new Ws.Publish("tea", Ws.Send.Binary(new byte[1000])), Handler.Ref);
        }

        client.SendText("one");
        Handler.ExpectText("one");
        kit.AwaitIdle();

        Assert.False(client.Socket.IsReadAskedFor);
        TakeLate(90);
        AwaitCondition(() => client.Socket.IsReadAskedFor);
    }

    [Fact]
    public void Publishes_taken_between_the_decision_to_pause_and_the_wait_still_end_the_pause()
    {
        var (own, shared) = (new PublishBacklog(), new PublishBacklog());
        own.TryAdd(129);
        shared.TryAdd(20_000);
        var (ofOwn, ofShared) = (new PublishBacklogSnapshot(own), new PublishBacklogSnapshot(own: null, ofShared: shared));
        own.Remove(129);
        shared.Remove(20_000);
        shared.TryClose();

        ofOwn.NotifyWhenHalfTaken(TestActor);
        ExpectMsg<PublishBacklogLow>();
        ofShared.NotifyWhenHalfTaken(TestActor);
        ExpectMsg<PublishBacklogLow>();
    }

    [Fact]
    public void A_pause_for_publishes_ends_when_half_is_taken_and_one_without_any_awaits_nothing()
    {
        var backlog = new PublishBacklog();
        new PublishBacklogSnapshot(backlog).NotifyWhenHalfTaken(TestActor);
        backlog.TryAdd(1000);
        new PublishBacklogSnapshot(backlog).NotifyWhenHalfTaken(TestActor);
        backlog.Remove(499);
        ExpectNoMsg(TimeSpan.Zero);

        backlog.Remove(1);

        ExpectMsg<PublishBacklogLow>();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Publishes_of_other_actors_past_the_limit_are_refused_and_counted()
    {
        Join(_late.Ref);
        Publish("tea", (DeliveryWindow.MaxBytes / 1000) + 1, size: 1000);
        AwaitCondition(() => Waiting.Bytes == 0);
        Publish("tea", 110, size: 1000);
        AwaitCondition(() => Waiting.Refused > 0);
        var before = Waiting.Refused;
        Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("hi") with { Ack = "taken" }), TestActor);

        Assert.Equal(Ws.SendFailure.QueueFull, ExpectMsg<Ws.SendFailed>().Reason);
        Assert.Equal(before + 1, Waiting.Refused);
        Assert.InRange(Waiting.Bytes, 100 * 1024, (100 * 1024) + 1128);
    }

    [Fact]
    public void A_handlers_publishes_without_inbound_messages_are_refused_past_the_limit()
    {
        var kit = ServePublishers();
        var handler = Assert.Single(((ActorRefWithCell)kit.Connect().Connection).Children);
        Join(_late.Ref);
        Publish("tea", (DeliveryWindow.MaxBytes / 1000) + 1, size: 1000);
        AwaitCondition(() => Waiting.Bytes == 0);

        for (var i = 0; i < 110; i++)
        {
            handler.Tell(new byte[1000]);
        }

        AwaitCondition(() => Waiting.Refused > 0);
        kit.AwaitIdle();
        Assert.InRange(Waiting.Bytes, 100 * 1024, (100 * 1024) + 1128);
    }

    [Fact]
    public void A_closed_connection_counts_until_members_have_taken_its_handlers_publishes()
    {
        var kit = ServePublishers();
        var (publisher, watcher) = (kit.Connect(), CreateTestProbe());
        watcher.Watch(publisher.Connection);
        Join(_late.Ref);
        for (var i = 0; i < Many; i++)
        {
            publisher.SendText($"{i}");
        }

        kit.AwaitIdle();
        publisher.Socket.Reset();
        kit.AwaitIdle();
        kit.Advance(Seconds(30));

        watcher.ExpectNoMsg(TimeSpan.Zero);
        TakeLate(Many);
        watcher.ExpectTerminated(publisher.Connection);
    }

    [Fact]
    public void PoisonPill_and_Kill_do_not_reach_the_topics()
    {
        var kit = ServePublishers();
        var member = kit.Connect();
        Join(member.Connection);

        Topics.Tell(PoisonPill.Instance, TestActor);
        Topics.Tell(Kill.Instance, TestActor);
        Publish("tea", 1, size: 1);

        Assert.Single(member.ExpectBinary());
    }

    private WebSocketTestKit ServePublishers() =>
        ServeEach(Props.Create<Publisher>(), static options => options with
        {
            SendQueue = options.SendQueue with { PauseReadingAboveBytes = PauseAbove },
        });

    private void Join(IActorRef member, string topic = "tea")
    {
        var asker = CreateTestProbe();
        Topics.Tell(new TopicsActor.MemberCommand(member, null, new Ws.Join(topic)), asker.Ref);
        asker.ExpectMsg<Ws.Joined>();
    }

    private void Publish(string topic, int count, int size)
    {
        for (var i = 0; i < count; i++)
        {
            Topics.Tell(new Ws.Publish(topic, Ws.Send.Binary(new byte[size])), TestActor);
        }
    }

    /// <summary>The late member takes a number of messages, and acknowledges from now on.</summary>
    private List<string> TakeLate(int count)
    {
        var taken = new List<string>();
        while (taken.Count < count)
        {
            switch (_late.ReceiveOne(TestKitSettings.DefaultTimeout))
            {
                case Ws.Send send: taken.Add(System.Text.Encoding.UTF8.GetString(send.Payload.Span)); break;
                case DeliveryWindow window: Topics.Tell(window, _late.Ref); break;
                case var other: Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{other} came behind {taken.Count}")); break;
            }
        }

        return taken;
    }

    /// <summary>Publishes the messages that it receives.</summary>
    private sealed class Publisher : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received or byte[])
            {
                var what = message is Ws.Received received ? Ws.Send.FromReceived(received) : Ws.Send.Binary((byte[])message);
                Context.System.WebSockets().Topics.Tell(new Ws.Publish("tea", what));
            }
        }
    }
}
