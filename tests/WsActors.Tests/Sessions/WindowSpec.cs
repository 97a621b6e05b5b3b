using WsActors.Protocol;

namespace WsActors.Tests.Sessions;

/// <summary>A client is sent no more than a window ahead of its acks, and a slow one loses its place before it costs memory.</summary>
public sealed class WindowSpec : SessionSpec
{
    public WindowSpec()
        : base("window = 400B, log.max-size = 1000B, log.max-messages = 20, ack-timeout = 15s, retention = 60s")
    {
    }

    [Fact]
    public void At_most_the_window_is_sent_before_an_ack()
    {
        var client = Begin();
        TellBytes(5); // 128 bytes and one each.

        Expect(client, 3);
        client.ExpectNothing();
        client.Ack();

        Expect(client, 2);
        client.ExpectNothing();
    }

    [Fact]
    public void A_resume_behind_the_last_message_that_was_sent_starts_a_new_session()
    {
        var client = Begin();
        TellBytes(5);
        Expect(client, 3);
        Break(client);
        client.Received = 4;

        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void A_message_larger_than_the_window_is_sent_alone()
    {
        var client = Begin();
        var large = new string('x', 600);
        Tell("a");
        Tell(large);
        Tell("b");

        client.Expect("a");
        client.ExpectNothing();
        client.Ack();
        client.Expect(large);
        client.ExpectNothing();
        client.Ack();
        client.Expect("b");
    }

    [Fact]
    public void A_client_without_acks_is_closed_with_1012()
    {
        var client = Begin();
        Tell("1");
        client.Expect("1");
        Kit.Advance(Seconds(14.5));
        client.ExpectNothing();

        Kit.Advance(Seconds(0.5));

        client.Socket.ExpectClose(CloseCode.ServiceRestart);
        Handler.Expect<Ws.Detached>();
        Resume(client);
        Tell("2");
        client.Expect("2");
    }

    [Fact]
    public void An_unread_ack_behind_the_handlers_backlog_does_not_time_out()
    {
        var client = SessionClient.Begin(Kit, "/stash");
        var handler = ExpectStasher();
        SendSome(client, 20);
        TellSession(handler, "news");
        client.Expect("news");
        client.Ack();

        Kit.Advance(Seconds(60));

        client.ExpectNothing();
        handler.Tell("all", TestActor);
        client.ExpectHandled(20);
        Kit.Advance(Seconds(20));
        client.ExpectNothing();
    }

    [Fact]
    public void A_client_that_resumes_with_a_busy_handler_is_not_closed()
    {
        var client = SessionClient.Begin(Kit, "/stash");
        var handler = ExpectStasher();
        SendSome(client, 16);
        TellSession(handler, "news");
        client.Expect("news");
        client.Socket.Socket.Reset();
        client.Received = 0;
        Assert.Equal("true", client.Resume());
        client.Expect("news");
        client.Ack();

        Kit.Advance(Seconds(60));

        client.ExpectNothing();
    }

    [Fact]
    public void Only_time_in_which_the_client_is_read_counts_for_the_ack_timeout()
    {
        var client = SessionClient.Begin(Kit, "/stash");
        var handler = ExpectStasher();
        TellSession(handler, "news");
        client.Expect("news");
        Kit.Advance(Seconds(10));
        SendSome(client, 16);
        Kit.Advance(Seconds(60));
        handler.Tell("all", TestActor);
        client.ExpectHandled(16);

        Kit.Advance(Seconds(4.5));
        client.ExpectNothing();
        Kit.Advance(Seconds(0.5));

        client.ExpectClose(CloseCode.ServiceRestart);
    }

    [Fact]
    public void A_client_without_unacknowledged_messages_has_no_ack_timeout()
    {
        var client = Begin();
        Tell("1");
        client.Expect("1");
        client.Ack();

        Kit.Advance(Seconds(20));

        client.ExpectNothing();
    }

    [Fact]
    public void A_slow_client_is_closed_with_1013_when_unsent_messages_are_trimmed_and_its_session_is_lost()
    {
        var client = Begin();
        TellBytes(7);
        Expect(client, 3);
        client.ExpectNothing();

        TellBytes(5);

        client.Socket.ExpectClose(CloseCode.TryAgainLater);
        Handler.Expect<Ws.Detached>();
        Assert.Equal("false", client.Resume());
        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    [Fact]
    public void Trimming_of_sent_messages_keeps_the_connection()
    {
        var client = Begin();
        TellBytes(9);

        Expect(client, 3);
        client.Ack();
        Expect(client, 3);
        client.Ack();
        Expect(client, 3);
    }

    [Fact]
    public void A_sender_is_acknowledged_after_the_clients_ack()
    {
        var client = Begin();
        Handler.Tell(Ws.Send.Text("1") with { Ack = "one" });
        client.Expect("1");
        Handler.ExpectNothing();

        client.Ack();

        Handler.ExpectAck("one");
    }

    [Fact]
    public void A_message_sent_twice_is_acknowledged_once()
    {
        var client = Begin();
        Handler.Tell(Ws.Send.Text("1") with { Ack = "one" });
        client.Expect("1");
        Break(client);

        Assert.Equal("true", client.Resume()); // That it has the message is an ack.

        Handler.ExpectAck("one");
        Handler.Expect<Ws.Attached>();
        client.Ack();
        Handler.ExpectNothing();
    }

    [Fact]
    public void Trimmed_and_remaining_messages_fail()
    {
        var client = Begin();
        Break(client);
        for (var i = 0; i < 8; i++)
        {
            Handler.Tell(Ws.Send.Text("x") with { Ack = i });
        }

        Handler.ExpectSendFailed(0, Ws.SendFailure.QueueFull);
        Handler.Tell(new Ws.Close());

        for (var i = 1; i < 8; i++)
        {
            Handler.ExpectSendFailed(i, Ws.SendFailure.Closed);
        }

        Watch(Handler.Connection);
        Handler.ExpectClosed(CloseCode.Normal);
        ExpectTerminated(Handler.Connection);
        Handler.Tell(Ws.Send.Text("late") with { Ack = "late" });
        Handler.ExpectSendFailed("late", Ws.SendFailure.Closed);
    }

    [Fact]
    public void A_message_with_the_Drop_policy_trims_no_other()
    {
        var client = Begin();
        Break(client);
        TellBytes(7);

        Handler.Tell(Ws.Send.Text("x") with { Overflow = Ws.OverflowPolicy.Drop, Ack = "x" });
        Handler.Tell(Ws.Send.Text("y") with { Overflow = Ws.OverflowPolicy.Drop });

        Handler.ExpectSendFailed("x", Ws.SendFailure.Dropped);
        Assert.Equal(1, Handler.Expect<Ws.Dropped>().Count);
        Resume(client);
        Expect(client, 3);
        client.Ack();
        Assert.Equal(1, Handler.Expect<Ws.Dropped>().Count);
        Expect(client, 3);
    }

    [Fact]
    public void A_streamed_message_fails()
    {
        Begin();

        Handler.Tell(Ws.Send.Stream(Protocol.Messages.MessageKind.Text, Nothing()) with { Ack = "stream" });

        Handler.ExpectSendFailed("stream", Ws.SendFailure.SourceFailed);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }

    private void TellBytes(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Tell("x");
        }
    }

    private static void Expect(SessionClient client, int count)
    {
        for (var i = 0; i < count; i++)
        {
            client.Expect("x");
        }
    }
}
