using Akka.Actor;
using Akka.TestKit;
using WsActors.Clustering;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>A session that moves hands over its whole state, and continues elsewhere, or not at all.</summary>
public sealed class HandOverSpec : SessionSpec
{
    private readonly TestProbe _store;

    public HandOverSpec()
    {
        _store = CreateTestProbe();
        Sys.WebSockets().SessionHost.Store = _store.Ref;
    }

    [Fact]
    public void The_next_incarnation_continues_from_the_handed_over_state()
    {
        var client = Begin();
        client.Send("hi");
        Handler.ExpectText("hi");
        Handler.Tell(new Ws.Join("tea"));
        Handler.Expect<Ws.Joined>();
        Tell("1");
        client.Expect("1");
        Tell("2");
        Deliver(Handler.Connection, client, 1);

        var left = HandOver(client);
        client.ExpectClose(CloseCode.ServiceRestart);
        var (next, connection) = ContinueFrom(client, left);

        Assert.StartsWith(
            $"welcome {client.Token} {client.Epoch} true 1",
            Text(connection.FishForMessage<Ws.Send>(static _ => true)),
            StringComparison.Ordinal);
        Assert.Equal("message 2\n2", Text(connection.FishForMessage<Ws.Send>(static _ => true)));
        Assert.Equal("message 3\ndelivered", Text(connection.FishForMessage<Ws.Send>(static _ => true)));
        Deliver(next, client, 1); // As before: not twice.
        Sys.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("topic")), TestActor);
        Assert.Equal("message 4\ntopic", Text(connection.FishForMessage<Ws.Send>(static _ => true)));
    }

    [Fact]
    public void Messages_that_the_handler_sends_while_it_stops_are_handed_over()
    {
        var client = Begin();
        client.Send("wait");
        Handler.ExpectText("wait");
        client.Send("hi");

        Handler.Connection.Tell(SessionMessages.HandOver.Instance, TestActor);
        client.Socket.ExpectClose(CloseCode.ServiceRestart);
        Tell("last words");
        Deliver(Handler.Connection, client, 1);
        Gate.SetResult();

        var state = SessionState.Read((ExtendedActorSystem)Sys, _store.ExpectMsg<SessionStore.Store>().State)!;
        Assert.Equal(["last words", "delivered"], state.Log.Select(static message => Text(message.Send)));
        Assert.Equal(2, state.Sent);
    }

    [Fact]
    public void A_moved_session_without_a_client_gets_its_topics_and_expires_in_time()
    {
        var client = Begin();
        Handler.Tell(new Ws.Join("tea"));
        Handler.Expect<Ws.Joined>();
        Break(client);
        var left = HandOver(client);

        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, client.SessionId), client.SessionId);
        session.Tell(new SessionMessages.Activate(client.SessionId), ActorRefs.NoSender);
        _store.ExpectMsg<SessionStore.Take>();
        _store.Reply(new SessionStore.Taken { State = left, IsSure = true });

        Assert.True(Handler.ExpectOpened().IsRestart);
        Sys.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("topic")), TestActor);
        AwaitAssert(() => Assert.True(LogBytes > 0));
        Kit.Advance(TimeSpan.FromMinutes(2)); // sessions.retention
        Assert.Equal(client.SessionId, Handler.Expect<Ws.Closed>().Connection.Path.Name);
    }

    [Fact]
    public void A_moved_session_that_cannot_continue_ends()
    {
        var id = SessionToken.New(null);
        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, id.Id), id.Id);
        Watch(session);

        session.Tell(new SessionMessages.Activate(id.Id), ActorRefs.NoSender);
        _store.ExpectMsg<SessionStore.Take>();
        _store.Reply(new SessionStore.Taken { IsSure = true });

        ExpectTerminated(session);
    }

    [Fact]
    public void R11_The_handed_over_topics_are_bounded()
    {
        var client = Begin();
        Handler.Tell(new Ws.Join(new string('x', 300)));
        Handler.Tell(new Ws.Join("shown") { PresenceData = new Dictionary<string, string> { ["name"] = new string('x', 1100) } });
        for (var i = 0; i <= 100; i++)
        {
            Handler.Tell(new Ws.Join($"topic {i}"));
        }

        Kit.AwaitIdle();
        var state = SessionState.Read((ExtendedActorSystem)Sys, HandOver(client))!;

        Assert.Equal(100, state.Topics.Count);
        Assert.DoesNotContain(state.Topics, static topic => topic.Topic is "shown" or "topic 100" || topic.Topic.Length > 255);
    }

    [Theory]
    [InlineData('€', 400)]
    [InlineData('\ud83d', 1)]
    public void A_refused_second_join_keeps_the_first_one(char shown, int times)
    {
        var client = Begin();
        Handler.Tell(new Ws.Join("tea"));
        Handler.Expect<Ws.Joined>();
        Handler.Tell(new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { ["name"] = new string(shown, times) } });
        Handler.Expect<Ws.JoinFailed>();

        var state = SessionState.Read((ExtendedActorSystem)Sys, HandOver(client))!;

        var topic = Assert.Single(state.Topics);
        Assert.Equal("tea", topic.Topic);
        Assert.Null(topic.PresenceData);
    }

    [Theory]
    [InlineData('€', 100)]
    [InlineData('\ud83d', 1)]
    public void A_topic_with_a_refused_name_is_not_handed_over(char name, int times)
    {
        var client = Begin();
        Handler.Tell(new Ws.Join(new string(name, times)));
        Handler.Expect<Ws.JoinFailed>();

        Assert.Empty(SessionState.Read((ExtendedActorSystem)Sys, HandOver(client))!.Topics);
    }

    [Fact]
    public void A_session_without_stored_state_is_unknown()
    {
        var id = SessionToken.New(null);
        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, id.Id), id.Id);
        session.Tell(new SessionMessages.Resume(id.Id, id.Secret, "e", 0, TestActor), TestActor);
        session.Tell(new Ws.Deliver { SessionId = id.Id, Publisher = "p", Sequence = 1, Message = Ws.Send.Text("x") }, TestActor);

        _store.ExpectMsg<SessionStore.Take>();
        _store.Reply(new SessionStore.Taken { IsSure = true });

        Assert.Equal(id.Id, ExpectMsg<SessionMessages.Unknown>().Id);
        ExpectMsg<Ws.DeliverFailed>();
    }

    [Fact]
    public void An_uncertain_store_answer_refuses_the_client_and_stops_the_session()
    {
        var id = SessionToken.New(null);
        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, id.Id), id.Id);
        session.Tell(new SessionMessages.Resume(id.Id, id.Secret, "e", 0, TestActor), TestActor);
        session.Tell(new Ws.Deliver { SessionId = id.Id, Publisher = "p", Sequence = 1, Message = Ws.Send.Text("x") }, TestActor);
        Watch(session);

        _store.ExpectMsg<SessionStore.Take>();
        _store.Reply(new SessionStore.Taken { IsSure = false });

        Assert.Equal(id.Id, ExpectMsg<SessionMessages.Refused>().Id);
        ExpectTerminated(session); // No answer to the publisher, which repeats the delivery.
    }

    [Fact]
    public void A_node_that_shuts_down_hands_over_all_sessions_and_starts_none()
    {
        var client = Begin();
        var session = Handler.Connection;

        Sys.WebSockets().SessionHost.HandOverAll();

        client.ExpectClose(CloseCode.ServiceRestart);
        Assert.Equal(client.SessionId, _store.ExpectMsg<SessionStore.Store>().Id);
        Watch(session);
        _store.Reply(new SessionStore.Stored { IsKept = true });
        ExpectTerminated(session);
        Assert.True(SessionToken.TryParse(client.Token, out var token));
        var next = Incarnation.Next(this, client.SessionId);
        next.Tell(new SessionMessages.Resume(token.Id, token.Secret, client.Epoch, 0, TestActor), TestActor);
        ExpectMsg<SessionMessages.Refused>();
        _store.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_handler_that_does_not_stop_in_time_loses_the_session()
    {
        var client = Begin();
        var left = HandOver(client);
        client.ExpectClose(CloseCode.ServiceRestart);
        var (session, connection) = ContinueFrom(client, left); // The kit does not wait for the handler of this one.
        session.Tell(new SessionMessages.MessageReceived(connection.Ref, 1, MessageKind.Text, "wait"u8.ToArray()), connection.Ref);
        Handler.ExpectText("wait");
        Watch(session);

        session.Tell(SessionMessages.HandOver.Instance, TestActor);
        connection.FishForMessage(static message => message is Ws.Close { Code: CloseCode.ServiceRestart });
        Deliver(session, client, 1);
        Kit.Advance(TimeSpan.FromSeconds(6)); // close-timeout is 5 s.

        ExpectTerminated(session);
        _store.ExpectNoMsg(TimeSpan.Zero);
        Gate.SetResult();
    }

    /// <summary>The next incarnation of a session, and the connection of its returning client, which has no messages.</summary>
    private (IActorRef Session, TestProbe Connection) ContinueFrom(SessionClient client, byte[] left)
    {
        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, client.SessionId), client.SessionId);
        Assert.True(SessionToken.TryParse(client.Token, out var token));
        var connection = CreateTestProbe();
        var resume = new SessionMessages.Resume(token.Id, token.Secret, client.Epoch, client.Received, connection.Ref)
        {
            By = EntryBy("/"),
            IsConfirmed = true,
        };
        session.Tell(resume, connection.Ref);
        _store.ExpectMsg<SessionStore.Take>();
        _store.Reply(new SessionStore.Taken { State = left, IsSure = true });
        Assert.True(Handler.ExpectOpened().IsRestart);
        Handler.Expect<Ws.Attached>();
        return (session, connection);
    }

    private byte[] HandOver(SessionClient client)
    {
        Handler.Connection.Tell(SessionMessages.HandOver.Instance, TestActor);
        var stored = _store.ExpectMsg<SessionStore.Store>();
        Assert.Equal((client.SessionId, 1), (stored.Id, stored.Moves));
        Watch(_store.Sender);
        var session = _store.Sender;
        _store.Reply(new SessionStore.Stored { IsKept = true });
        ExpectTerminated(session);
        return stored.State;
    }

    private void Deliver(IActorRef session, SessionClient client, long sequence)
    {
        session.Tell(
            new Ws.Deliver { SessionId = client.SessionId, Publisher = "p", Sequence = sequence, Message = Ws.Send.Text("delivered") },
            TestActor);
        ExpectMsg<Ws.Delivered>();
    }

    private static string Text(Ws.Send send) => System.Text.Encoding.UTF8.GetString(send.Payload.Span);
}
