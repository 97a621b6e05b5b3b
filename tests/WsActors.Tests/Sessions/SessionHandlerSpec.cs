using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.Topics;

namespace WsActors.Tests.Sessions;

/// <summary>A session's handler lives as long as the session: over its sockets, its own failures, and no longer.</summary>
public sealed class SessionHandlerSpec : SessionSpec
{
    [Fact]
    public void A_failing_handler_is_restarted_and_the_session_continues()
    {
        var client = Begin();

        client.Send("fail");

        Assert.True(Handler.ExpectOpened().IsRestart);
        client.Send("hi");
        Handler.ExpectText("hi");
        client.ExpectHandled(2);
    }

    [Fact]
    public void A_handler_that_fails_too_often_ends_the_session_with_1011()
    {
        var client = Begin();

        for (var i = 1; i <= 10; i++)
        {
            client.Send("fail");
            client.ExpectHandled(i);
        }

        client.Send("fail");

        client.Socket.ExpectClose(CloseCode.InternalError);
        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void A_handler_that_stops_ends_the_session_with_1000()
    {
        var client = Begin();

        client.Send("stop");

        client.Socket.ExpectClose(CloseCode.Normal);
        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void A_message_with_freed_memory_ends_the_session_with_1011_and_Closed_is_told_once()
    {
        var client = Begin();
        Break(client);
        using var gone = new GoneMemory();
        Handler.Tell(Ws.Send.Binary(gone.Memory));
        Kit.AwaitIdle();
        gone.Leave();

        Assert.Equal("true", client.Resume());

        client.Socket.ExpectClose(CloseCode.InternalError);
        Handler.Expect<Ws.Attached>();
        Handler.ExpectClosed(CloseCode.InternalError);
        Handler.ExpectNothing();
        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void A_handler_that_cannot_be_created_refuses_the_session_and_the_client_may_retry()
    {
        var client = new SessionClient(Kit, "/none");
        client.Connect();

        client.Socket.SendText("hello");

        client.Socket.ExpectClose(CloseCode.TryAgainLater);
    }

    [Fact]
    public void A_blocking_Props_delegate_ends_at_the_guard_timeout_and_does_not_block_the_session()
    {
        var client = new SessionClient(Kit, "/held");
        client.Connect();
        client.Socket.SendText("hello");
        ExpectMsg("held");

        Kit.Advance(Seconds(6));

        client.Socket.ExpectClose(CloseCode.TryAgainLater);
        Gate.SetResult();
    }

    [Fact]
    public void Messages_received_while_the_Props_are_created_are_delivered_afterwards()
    {
        var client = new SessionClient(Kit, "/held");
        client.Connect();
        client.Socket.SendText("hello");
        ExpectMsg("held");

        Gate.SetResult();

        Handler.ExpectOpened();
        Handler.Expect<Ws.Attached>();
    }

    [Fact]
    public void A_WebSocketHandler_works_in_a_session()
    {
        var client = SessionClient.Begin(Kit, "/shout");

        for (var i = 0; i < 50; i++)
        {
            client.Send($"{i}");
            client.Expect($"{i}!");
        }
    }

    [Fact]
    public void A_message_is_acknowledged_after_members_have_taken_its_publishes()
    {
        var late = CreateTestProbe();
        Sys.WebSockets().Topics.Tell(new TopicsActor.MemberCommand(late.Ref, null, new Ws.Join("tea")), late.Ref);
        late.ExpectMsg<Ws.Joined>();
        var client = SessionClient.Begin(Kit, "/publish");
        var large = new string('x', 40_000);

        for (var i = 0; i < 5; i++)
        {
            client.Send(large);
        }

        Kit.AwaitIdle();
        Kit.Advance(Seconds(5));
        Assert.InRange(Sys.WebSockets().Publishing.Bytes, 65_536, 130_000);
        for (var taken = 0; taken < 5;)
        {
            switch (late.ReceiveOne(TestKitSettings.DefaultTimeout))
            {
                case Ws.Send: taken++; break;
                case DeliveryWindow window: Sys.WebSockets().Topics.Tell(window, late.Ref); break;
                case var other: Assert.Fail($"{other}"); break;
            }
        }

        client.ExpectHandled(5);
    }

    [Fact]
    public void A_topics_messages_survive_a_reconnect()
    {
        var client = Begin();
        Handler.Tell(new Ws.Join("tea"));
        Handler.Expect<Ws.Joined>();
        Publish("1");
        client.Expect("1");
        Break(client);
        Publish("2");

        Resume(client);

        client.Expect("2");
        Publish("3");
        client.Expect("3");
        Handler.Tell(new Ws.Leave("tea"));
        Kit.AwaitIdle();
        Publish("4");
        client.ExpectNothing();
    }

    [Fact]
    public void A_session_answers_GetStats()
    {
        var client = Begin("/as/ann");
        client.Send("hi");
        Handler.ExpectText("hi");
        Tell("hello");
        Kit.AwaitIdle();

        Handler.Connection.Tell(Ws.GetStats.Instance, TestActor);

        var stats = ExpectMsg<Ws.Stats>();
        Assert.Equal(("ann", "/as/{user}", 1, 1), (stats.User, stats.Route, stats.MessagesReceived, stats.MessagesSent));
        Assert.Equal(5 + 128, stats.QueuedBytes);
    }

    [Fact]
    public async Task A_shutdown_ends_sessions_and_tells_their_handlers_once()
    {
        var (here, away) = (Begin(), Begin());
        Break(away);

        var ended = Sys.WebSockets().Sessions.Ask<Akka.Done>(WsActors.Messages.SessionMessages.EndAll.Instance);

        here.Socket.ExpectClose(CloseCode.GoingAway);
        Handler.ExpectClosed(CloseCode.GoingAway);
        Handler.ExpectClosed(CloseCode.GoingAway);
        await ended;
        Handler.ExpectNothing();
        var late = new SessionClient(Kit);
        late.Connect();
        late.Socket.SendText("hello");
        late.Socket.ExpectClose(CloseCode.TryAgainLater);
    }

    [Fact]
    public void A_failing_session_closes_with_1012_and_the_client_gets_a_new_one()
    {
        var client = Begin();

        Handler.Connection.Tell(Kill.Instance);

        client.Socket.ExpectClose(CloseCode.ServiceRestart);
        Assert.Equal("false", client.Resume());
        Kit.AwaitIdle();
        Assert.Equal(1, Sessions);
    }

    [Theory]
    [InlineData(true, null, "Pull")]
    [InlineData(false, 1024, "MaxChunkBytes")]
    public void Pull_and_MaxChunkBytes_on_a_route_with_sessions_are_refused(bool pull, int? chunk, string option)
    {
        var options = new WebSocketRouteOptions { Sessions = true, Pull = pull, MaxChunkBytes = chunk };

        var refused = Assert.Throws<ArgumentException>(() => RouteTable.Empty.Map("/", static _ => Props.Empty, options));

        Assert.Contains(option, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shared_handler_has_no_sessions() => Assert.Throws<ArgumentException>(
        () => RouteTable.Empty.MapShared("/", ActorRefs.Nobody, new WebSocketRouteOptions { Sessions = true }));

    [Fact]
    public void A_window_above_the_send_queue_fails_the_bind()
    {
        var routes = RouteTable.Empty.Map("/", static _ => Props.Empty, new WebSocketRouteOptions { Sessions = true });
        var bind = new Ws.Bind("ws://127.0.0.1:8080", routes)
        {
            Source = TestActor,
            Configure = static options => options with { SendQueue = options.SendQueue with { MaxBytes = 256 * 1024 } },
        };

        Kit.Manager.Tell(bind, TestActor);

        Assert.Contains("ws-actors.sessions.window", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
    }

    private void Publish(string text) => Sys.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text(text)), TestActor);
}
