using Akka.Actor;
using Akka.TestKit;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.Sessions;
using WsActors.TestKit;

namespace WsActors.Tests.Sessions;

/// <summary>What the handler of a session stashes is not acknowledged, is bounded over all of its client's sockets, and moves with the session.</summary>
public sealed class SessionStashSpec : WebSocketSpec
{
    private readonly WebSocketTestKit _kit;

    private readonly TestProbe _store;

    private IActorRef _handler = ActorRefs.Nobody;

    public SessionStashSpec()
    {
        _kit = Serve(RouteTable.Empty.Map("/", _ => Props.Create<Stasher>(TestActor), new WebSocketRouteOptions { Sessions = true }));
        _store = CreateTestProbe();
        Sys.WebSockets().SessionHost.Store = _store.Ref;
    }

    [Fact]
    public void A_message_is_acknowledged_when_it_is_taken_out_and_dealt_with()
    {
        var client = Begin();
        client.Send("one");
        client.Send("two");
        _kit.AwaitIdle();
        client.ExpectNothing();

        _handler.Tell("one", TestActor);
        ExpectMsg("one");
        client.ExpectHandled(1);
        _kit.AwaitIdle();
        client.ExpectNothing();

        _handler.Tell("all", TestActor);
        ExpectMsg("two");
        client.ExpectHandled(2);
    }

    [Fact]
    public void What_is_dealt_with_before_a_stashed_one_is_acknowledged_behind_it()
    {
        var client = Begin();
        client.Send("now 1");
        client.ExpectHandled(1);
        client.Send("two");
        client.Send("now 3");
        ExpectMsg("now 1");
        ExpectMsg("now 3");
        _kit.AwaitIdle();
        client.ExpectNothing();

        _handler.Tell("all", TestActor);
        ExpectMsg("two");
        client.ExpectHandled(3);
    }

    [Fact]
    public void What_is_dropped_from_a_stash_is_acknowledged()
    {
        var client = Begin();
        client.Send("one");
        client.Send("two");
        _kit.AwaitIdle();

        _handler.Tell("clear", TestActor);

        client.ExpectHandled(2);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("fail twice")]
    public void A_handler_that_is_restarted_stashes_again_and_nothing_is_acknowledged_by_that(string failure)
    {
        var client = Begin();
        client.Send("one");
        _kit.AwaitIdle();

        _handler.Tell(failure, TestActor);
        ExpectMsg("opened again");
        _kit.AwaitIdle();

        client.ExpectNothing();
        _handler.Tell("all", TestActor);
        ExpectMsg("one");
        client.ExpectHandled(1);
    }

    [Fact]
    public void A_client_that_comes_again_and_again_fills_no_larger_stash()
    {
        var client = Begin();
        var sent = 0;
        for (var socket = 0; socket < 5; socket++)
        {
            for (var i = 0; i < 30; i++)
            {
                client.Send($"{++sent}");
            }

            _kit.AwaitIdle();
            client.Socket.Socket.Reset();
            Assert.Equal("true", client.Resume());
            Assert.Equal(16, client.Handled); // What it is told to have been taken.
            sent = (int)client.Handled;
            client.Sent = sent;
        }

        _handler.Tell("count", TestActor);
        Assert.Equal(16, ExpectMsg<int>());
    }

    [Fact]
    public void What_is_stashed_when_the_session_moves_is_told_again_once_and_in_order()
    {
        var client = Begin();
        client.Send("one");
        client.Send("now 2");
        client.Send("three");
        ExpectMsg("now 2");
        _kit.AwaitIdle();

        var left = HandOver();
        Assert.Equal(3, State(left).Received);
        Assert.Equal([1, 3], State(left).StashedMessages.Select(static message => message.Offset));
        var session = GoOn(client, left);
        ExpectMsg("opened again");
        _handler = LastSender;
        ExpectTold(session);
        _handler.Tell("count", TestActor);
        Assert.Equal(2, ExpectMsg<int>());

        // Once more, and it is the same.
        left = HandOver(session);
        session = GoOn(client, left);
        ExpectMsg("opened again");
        _handler = LastSender;
        ExpectTold(session);
        _handler.Tell("all", TestActor);
        ExpectMsg("one");
        ExpectMsg("three");
    }

    [Fact]
    public void What_was_taken_out_before_the_session_moved_is_not_told_again()
    {
        var client = Begin();
        client.Send("one");
        client.Send("two");
        _kit.AwaitIdle();

        _handler.Tell("all", TestActor);
        var left = HandOver();

        ExpectMsg("one");
        ExpectMsg("two");
        Assert.Empty(State(left).StashedMessages);
    }

    /// <summary>Waits until a session has told its handler all that it tells at its beginning.</summary>
    private void ExpectTold(IActorRef session)
    {
        session.Tell(new Identify(nameof(ExpectTold)), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private SessionClient Begin()
    {
        var client = SessionClient.Begin(_kit);
        ExpectMsg("opened");
        _handler = LastSender;
        return client;
    }

    private byte[] HandOver(IActorRef? session = null)
    {
        session ??= Sys.ActorSelection(_handler.Path.Parent).ResolveOne(Seconds(3)).Result;
        var watcher = CreateTestProbe();
        watcher.Watch(session);
        session.Tell(SessionMessages.HandOver.Instance, TestActor);
        var stored = _store.ExpectMsg<SessionMessages.Store>();
        _store.Reply(new SessionMessages.Stored(true));
        watcher.ExpectTerminated(session);
        return stored.State;
    }

    private IActorRef GoOn(SessionClient client, byte[] left)
    {
        var session = Incarnation.Next(this, client.SessionId);
        session.Tell(new SessionMessages.Activate(client.SessionId), ActorRefs.NoSender);
        _store.ExpectMsg<SessionMessages.Take>();
        _store.Reply(new SessionMessages.Taken(left));
        return session;
    }

    private SessionState State(byte[] left) => SessionState.Read((ExtendedActorSystem)Sys, left)!;
}
