using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A message that does not fit the queue meets its own overflow policy; its sender or handler is told.</summary>
public sealed class FullQueueSpec : WebSocketSpec
{
    private const int Header = 4;

    /// <summary>A hundred messages of <see cref="Sized"/>, and not one byte more.</summary>
    private const int Budget = 100 * (1000 + Header);

    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public FullQueueSpec()
    {
        _kit = Serve(static options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = Budget, CongestedAboveBytes = 1024 * 1024 * 1024, WritableBelowBytes = 0 },
        });
        _client = _kit.Connect();
        Handler.ExpectOpened();
        _client.Socket.StopReading();
    }

    [Fact]
    public void The_overflow_policy_has_no_effect_while_there_is_room()
    {
        var policies = new[] { Ws.OverflowPolicy.Close, Ws.OverflowPolicy.Drop, Ws.OverflowPolicy.Conflate("key") };
        for (var i = 0; i < 99; i++)
        {
            Handler.Tell(Sized($"{i}") with { Overflow = policies[i % 3] });
        }

        _client.Socket.ResumeReading();

        Handler.Expect<Ws.Congested>();
        for (var i = 0; i < 99; i++)
        {
            ExpectSized($"{i}");
        }
    }

    [Fact]
    public void A_watermark_above_the_queue_limit_becomes_half_of_it()
    {
        Handler.Tell(Ws.Send.Binary(new byte[(Budget / 2) - Header]));
        _kit.AwaitIdle();
        Handler.ExpectNothing();

        Handler.Tell(Ws.Send.Text(""));
        Handler.Expect<Ws.Congested>();
    }

    [Fact]
    public void Dropped_is_told_at_once_for_the_first_message_and_after_the_next_write_for_the_rest()
    {
        Fill();
        for (var i = 0; i < 1000; i++)
        {
            Handler.Tell(Sized("dropped") with { Overflow = Ws.OverflowPolicy.Drop });
        }

        Assert.Equal(1, Handler.Expect<Ws.Dropped>().Count);
        _kit.AwaitIdle();
        Handler.ExpectNothing();

        _client.Socket.ReadOnce();
        Assert.Equal(999, Handler.Expect<Ws.Dropped>().Count);
        Handler.Tell(Sized("has room again") with { Overflow = Ws.OverflowPolicy.Drop });
        _client.Socket.ResumeReading();
        ExpectFilling();
        ExpectSized("has room again");
        Handler.Expect<Ws.Writable>();
        Handler.ExpectNothing();
    }

    [Fact]
    public void Unreported_drops_are_told_before_Closed()
    {
        Fill();
        for (var i = 0; i < 10; i++)
        {
            Handler.Tell(Sized("dropped") with { Overflow = Ws.OverflowPolicy.Drop });
        }

        _kit.AwaitIdle();
        _client.Socket.Reset();

        Assert.Equal(1, Handler.Expect<Ws.Dropped>().Count);
        Assert.Equal(9, Handler.Expect<Ws.Dropped>().Count);
        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    [Fact]
    public void A_queue_that_drops_is_not_closed()
    {
        Fill();
        Handler.Tell(Sized("dropped") with { Overflow = Ws.OverflowPolicy.Drop });
        Handler.Expect<Ws.Dropped>();
        _kit.Advance(Seconds(10));

        _client.Socket.ResumeReading();

        ExpectFilling();
        Handler.Tell(Ws.Send.Text("on we go"));
        _client.ExpectText("on we go");
    }

    [Fact]
    public void The_queued_message_of_a_key_is_replaced_at_its_position()
    {
        Handler.Tell(Sized("in flight"));
        _kit.AwaitIdle();
        Handler.Tell(Sized("price 1") with { Overflow = Ws.OverflowPolicy.Conflate("price") });
        Fill(98);
        Handler.Tell(Sized("price 2") with { Overflow = Ws.OverflowPolicy.Conflate("price") });
        Handler.Tell(Sized("price 3") with { Overflow = Ws.OverflowPolicy.Conflate("price") });

        _client.Socket.ResumeReading();

        ExpectSized("in flight");
        ExpectSized("price 3");
        ExpectFilling(98);
        _client.ExpectNothing();
    }

    [Fact]
    public void Of_many_queued_messages_of_a_key_the_last_is_replaced_and_the_order_stays()
    {
        for (var i = 0; i < 102; i++)
        {
            Handler.Tell(Sized($"{i}") with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        }

        _client.Socket.ResumeReading();

        for (var i = 0; i < 99; i++)
        {
            ExpectSized($"{i}");
        }

        ExpectSized("101");
        _client.ExpectNothing();
    }

    [Fact]
    public void A_longer_value_replaces_all_earlier_ones_of_its_key()
    {
        Handler.Tell(Sized("in flight"));
        _kit.AwaitIdle();
        for (var i = 0; i < 99; i++)
        {
            Handler.Tell(Sized($"{i}") with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        }

        Handler.Tell(Ws.Send.Text(new string('x', 2000)) with { Overflow = Ws.OverflowPolicy.Conflate("key") });

        _client.Socket.ResumeReading();

        ExpectSized("in flight");
        _client.ExpectText(new string('x', 2000));
        _client.ExpectNothing();
    }

    [Fact]
    public void A_new_key_evicts_superseded_values_of_other_keys()
    {
        Handler.Tell(Sized("in flight"));
        _kit.AwaitIdle();
        for (var i = 0; i < 99; i++)
        {
            Handler.Tell(Sized($"a{i}") with { Overflow = Ws.OverflowPolicy.Conflate("a") });
        }

        Handler.Tell(Sized("b") with { Overflow = Ws.OverflowPolicy.Conflate("b") });

        _client.Socket.ResumeReading();

        ExpectSized("in flight");
        ExpectSized("a98");
        ExpectSized("b");
        _client.ExpectNothing();
    }

    [Fact]
    public void A_key_without_room_after_eviction_is_closed_with_1013()
    {
        Fill();
        Handler.Tell(Sized("price") with { Overflow = Ws.OverflowPolicy.Conflate("price") });

        _client.Socket.ResumeReading();

        ExpectFilling();
        _client.ExpectClose(CloseCode.TryAgainLater);
    }

    [Fact]
    public void A_partly_written_message_is_not_replaced()
    {
        var begun = new string('a', Budget - 10);
        Handler.Tell(Ws.Send.Text(begun) with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(Sized("later") with { Overflow = Ws.OverflowPolicy.Conflate("key") });

        _client.Socket.ResumeReading();

        _client.ExpectText(begun);
        _client.ExpectClose(CloseCode.TryAgainLater);
    }

    /// <summary>Queues as many as fit, the first of them in flight.</summary>
    private void Fill(int count = 100)
    {
        Handler.Tell(Sized("filling 0"));
        _kit.AwaitIdle();
        for (var i = 1; i < count; i++)
        {
            Handler.Tell(Sized($"filling {i}"));
        }

        Handler.Expect<Ws.Congested>();
    }

    private void ExpectFilling(int count = 100)
    {
        for (var i = 0; i < count; i++)
        {
            ExpectSized($"filling {i}");
        }
    }

    private static Ws.Send Sized(string text) => Ws.Send.Text(text.PadRight(1000));

    private void ExpectSized(string text) => _client.ExpectText(text.PadRight(1000));
}
