using Akka.Actor;
using Akka.TestKit;
using WsActors.Clustering;
using WsActors.Messages;
using WsActors.Routing;
using WsActors.Sessions;
using WsActors.TestKit;

namespace WsActors.Tests.Sessions;

/// <summary>
/// Messages that a session's handler stashes are not acknowledged, are bounded over all sockets, and move with the session.
/// </summary>
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
    public void A_stashed_message_is_acknowledged_after_it_was_unstashed_and_handled()
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
    public void Messages_behind_a_stashed_one_are_acknowledged_after_it()
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
    public void A_message_dropped_from_the_stash_is_acknowledged()
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
    public void A_restart_of_the_handler_acknowledges_no_stashed_message(string failure)
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
    public void Reconnects_do_not_enlarge_the_stash()
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
            Assert.Equal(16, client.Handled); // The offset that was acknowledged.
            sent = (int)client.Handled;
            client.Sent = sent;
        }

        _handler.Tell("count", TestActor);
        Assert.Equal(16, ExpectMsg<int>());
    }

    [Fact]
    public void Stashed_messages_are_delivered_again_once_and_in_order_after_a_move()
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
        var session = ContinueFrom(client, left);
        ExpectMsg("opened again");
        _handler = LastSender;
        ExpectTold(session);
        _handler.Tell("count", TestActor);
        Assert.Equal(2, ExpectMsg<int>());

        // Once more, and it is the same.
        left = HandOver(session);
        session = ContinueFrom(client, left);
        ExpectMsg("opened again");
        _handler = LastSender;
        ExpectTold(session);
        _handler.Tell("all", TestActor);
        ExpectMsg("one");
        ExpectMsg("three");
    }

    [Fact]
    public void Unstashed_messages_are_not_delivered_again_after_a_move()
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
        var stored = _store.ExpectMsg<SessionStore.Store>();
        _store.Reply(new SessionStore.Stored { IsKept = true });
        watcher.ExpectTerminated(session);
        return stored.State;
    }

    private IActorRef ContinueFrom(SessionClient client, byte[] left)
    {
        var session = Incarnation.Next(this, client.SessionId);
        session.Tell(new SessionMessages.Activate(client.SessionId), ActorRefs.NoSender);
        _store.ExpectMsg<SessionStore.Take>();
        _store.Reply(new SessionStore.Taken { State = left, IsSure = true });
        return session;
    }

    private SessionState State(byte[] left) => SessionState.Read((ExtendedActorSystem)Sys, left)!;
}
