using Akka.Actor;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>Stashed messages are unhandled: they count, they are bounded, and they slow the client.</summary>
public sealed class StashSpec : WebSocketSpec
{
    private const int Bound = 10_000;

    /// <summary>A message takes 1128 bytes, with the overhead beside its payload.</summary>
    private const int MostStashed = (Bound / 1128) + 1;

    private static readonly string[] Messages = [.. Enumerable.Range(0, 100).Select(static i => $"{i:000}{new string('x', 997)}")];

    private IActorRef _handler = ActorRefs.Nobody;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_stash_is_bounded_by_the_read_pause_and_unstashed_in_order(bool hasOwnMailbox, bool isPulled)
    {
        var client = Connect(Of(hasOwnMailbox), isPulled, out var kit);

        Send(kit, client);

        Assert.InRange(Count(), MostStashed - 1, MostStashed);
        Assert.False(client.Socket.IsReadAskedFor);
        Assert.InRange(UnhandledBytes(client), Bound - 1128, Bound + 1128);

        _handler.Tell("all", TestActor);
        Array.ForEach(Messages, message => ExpectMsg(message));
        kit.AwaitIdle();
        Assert.True(client.Socket.IsReadAskedFor);
        Assert.InRange(UnhandledBytes(client), 0, Bound / 2); // Below that the handler is not probed.
    }

    [Fact]
    public void Each_unstashed_message_makes_room_for_one()
    {
        var client = Connect(Of(hasOwnMailbox: false), isPulled: false, out var kit);
        Send(kit, client);

        foreach (var message in Messages[..50])
        {
            _handler.Tell("one", TestActor);
            ExpectMsg(message);
            kit.AwaitIdle();
            Assert.InRange(Count(), MostStashed - 1, MostStashed);
        }
    }

    [Fact]
    public void A_cleared_stash_resumes_reading()
    {
        var client = Connect(Of(hasOwnMailbox: false), isPulled: false, out var kit);
        Send(kit, client);

        for (var cleared = 0; cleared < Messages.Length;)
        {
            var count = Count();
            Assert.InRange(count, 1, MostStashed);
            cleared += count;
            _handler.Tell("clear", TestActor);
            kit.AwaitIdle();
        }

        Assert.True(client.Socket.IsReadAskedFor);
        Assert.InRange(UnhandledBytes(client), 0, Bound / 2); // Below that the handler is not probed.
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("fail twice")]
    public void A_restarted_handler_gets_its_stash_again_and_it_counts(string failure)
    {
        var client = Connect(Of(hasOwnMailbox: false), isPulled: false, out var kit);
        Send(kit, client);

        _handler.Tell(failure, TestActor);
        ExpectMsg("opened again");
        kit.AwaitIdle();

        Assert.InRange(Count(), MostStashed - 1, MostStashed);
        _handler.Tell("all", TestActor);
        Array.ForEach(Messages, message => ExpectMsg(message));
        kit.AwaitIdle();
        Assert.True(client.Socket.IsReadAskedFor);
        Assert.InRange(UnhandledBytes(client), 0, Bound / 2); // Below that the handler is not probed.
    }

    [Fact]
    public void A_message_larger_than_the_bound_is_read_with_a_small_stash()
    {
        var client = Connect(Of(hasOwnMailbox: false), isPulled: false, out var kit);
        var large = "now " + new string('x', 5 * Bound);

        client.SendText("small");
        client.SendText(large);

        ExpectMsg(large);
        Assert.Equal(1, Count());
    }

    [Fact]
    public void With_a_full_stash_the_clients_deadlines_pause()
    {
        var client = Connect(Of(hasOwnMailbox: false), isPulled: false, out var kit);
        Send(kit, client);

        kit.Advance(Seconds(300));

        Assert.InRange(Count(), MostStashed - 1, MostStashed);
        _handler.Tell("all", TestActor);
        Array.ForEach(Messages, message => ExpectMsg(message));
    }

    [Fact]
    public void Messages_stashed_before_a_close_can_be_unstashed_after_it()
    {
        var client = Connect(Props.Create<LateOpener>(TestActor), isPulled: false, out _);
        client.SendText("before");
        client.SendClose();

        ExpectMsg("before");
    }

    [Fact]
    public void A_client_that_reconnects_stays_within_the_bound_over_all_its_connections()
    {
        var kit = new WebSocketTestKit(this);
        var listener = kit.Listen();
        kit.Clients.Tell(
            new Ws.Connect("ws://192.0.2.1:8080/", Of(hasOwnMailbox: false))
            {
                Source = listener.Ref,
                Configure = options => options with
                {
                    Reconnect = options.Reconnect with { Enabled = true, MinBackoff = Seconds(1), MaxBackoff = Seconds(1) },
                    SendQueue = options.SendQueue with { PauseReadingAboveBytes = Bound },
                },
            },
            ActorRefs.NoSender);
        for (var connection = 0; connection < 3; connection++)
        {
            var server = listener.ExpectConnect();
            ExpectMsg("opened");
            _handler = LastSender;
            Array.ForEach(Messages, server.SendText);
            kit.AwaitIdle();
            Assert.InRange(Count(), MostStashed - 1, MostStashed + connection);
            server.Socket.Reset();
            kit.Advance(Seconds(2));
        }
    }

    [Fact]
    public void The_stash_of_a_WebSocketHandler_is_bounded_by_bytes_beside_its_window()
    {
        var client = Connect(Props.Create<Polled>(TestActor), isPulled: false, out var kit);
        Send(kit, client);

        Assert.InRange(Count(), MostStashed - 1, MostStashed);
        _handler.Tell("all", TestActor);
        Array.ForEach(Messages, message => ExpectMsg(message));
    }

    private Props Of(bool hasOwnMailbox)
    {
        var props = Props.Create<Stasher>(TestActor);
        return hasOwnMailbox ? props.WithMailbox("akka.actor.mailbox.unbounded-deque-based") : props;
    }

    private ClientProbe Connect(Props handler, bool isPulled, out WebSocketTestKit kit)
    {
        kit = Serve(
            RouteTable.Empty.Map("/", _ => handler, new WebSocketRouteOptions { Pull = isPulled }),
            static options => options with { SendQueue = options.SendQueue with { PauseReadingAboveBytes = Bound } });
        var client = kit.Connect();
        ExpectMsg("opened");
        _handler = LastSender;
        if (isPulled)
        {
            client.Connection.Tell(new Ws.Demand(1000), TestActor);
        }

        return client;
    }

    private static void Send(WebSocketTestKit kit, ClientProbe client)
    {
        Array.ForEach(Messages, client.SendText);
        kit.AwaitIdle();
    }

    private int Count()
    {
        _handler.Tell("count", TestActor);
        return ExpectMsg<int>();
    }

    private long UnhandledBytes(ClientProbe client)
    {
        client.Connection.Tell(Ws.GetStats.Instance, TestActor);
        return ExpectMsg<Ws.Stats>().UnhandledBytes;
    }

    /// <summary>Opens its stash at the end alone.</summary>
    private sealed class LateOpener : ReceiveActor, IWithUnboundedStash
    {
        public LateOpener(IActorRef probe)
        {
            var isOver = false;
            Receive<Ws.Opened>(_ => probe.Tell("opened"));
            Receive<Ws.Received>(received =>
            {
                if (isOver)
                {
                    probe.Tell(received.Text);
                }
                else
                {
                    Stash.Stash();
                }
            });
            Receive<Ws.Closed>(_ =>
            {
                isOver = true;
                Stash.UnstashAll();
            });
        }

        public IStash Stash { get; set; } = null!;
    }

    /// <summary>Asks for its messages, more than its stash may hold.</summary>
    private sealed class Polled(IActorRef probe) : WebSocketHandler, IWithUnboundedStash
    {
        private bool _isOpen;

        public IStash Stash { get; set; } = null!;

        protected override int Window => 1000;

        protected override void OnOpened(Ws.Opened opened) => probe.Tell("opened");

        protected override void OnText(string text)
        {
            if (_isOpen)
            {
                probe.Tell(text);
            }
            else
            {
                Stash.Stash();
            }
        }

        protected override void OnMessage(object message)
        {
            switch (message)
            {
                case "count": probe.Tell(Stash.Count); break;
                case "all":
                    _isOpen = true;
                    Stash.UnstashAll();
                    break;
            }
        }
    }
}
