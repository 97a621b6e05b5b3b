using Akka.Actor;
using Akka.TestKit;
using WsActors.Protocol;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>A session that moves leaves all that it is with the store, and goes on from there elsewhere, or not at all.</summary>
public sealed class HandOverSpec : SessionSpec
{
    private readonly TestProbe _store;

    public HandOverSpec()
    {
        _store = CreateTestProbe();
        Sys.WebSockets().SessionHost.Store = _store.Ref;
    }

    [Fact]
    public void What_it_leaves_is_where_the_next_one_goes_on()
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
        var next = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, client.SessionId), client.SessionId);
        Assert.True(SessionToken.TryParse(client.Token, out var token));
        var connection = CreateTestProbe();
        next.Tell(new Session.Resume(token.Id, token.Secret, client.Epoch, 1, connection.Ref), connection.Ref);
        _store.ExpectMsg<Session.Take>();
        _store.Reply(new Session.Taken(left));

        Assert.StartsWith($"welcome {client.Token} {client.Epoch} true 1", Text(connection.FishForMessage<Ws.Send>(static _ => true)), StringComparison.Ordinal);
        Assert.Equal("message 2\n2", Text(connection.FishForMessage<Ws.Send>(static _ => true)));
        Assert.Equal("message 3\ndelivered", Text(connection.FishForMessage<Ws.Send>(static _ => true)));
        Assert.True(Handler.ExpectOpened().Resumed);
        Deliver(next, client, 1); // As before: not twice.
        Sys.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("topic")), TestActor);
        Assert.Equal("message 4\ntopic", Text(connection.FishForMessage<Ws.Send>(static _ => true)));
    }

    [Fact]
    public void What_the_handler_says_while_it_stops_is_left_too()
    {
        var client = Begin();
        client.Send("wait");
        Handler.ExpectText("wait");
        client.Send("hi");

        Handler.Connection.Tell(Session.HandOver.Instance, TestActor);
        client.Socket.ExpectClose(CloseCode.ServiceRestart);
        Tell("last words");
        Deliver(Handler.Connection, client, 1);
        Gate.SetResult();

        var state = SessionState.Read((ExtendedActorSystem)Sys, _store.ExpectMsg<Session.Store>().State)!;
        Assert.Equal(["last words", "delivered"], state.Log.Select(static message => Text(message.Send)));
        Assert.Equal(2, state.Sent);
    }

    [Fact]
    public void What_was_not_kept_is_unknown()
    {
        var id = SessionToken.New(null);
        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, id.Id), id.Id);
        session.Tell(new Session.Resume(id.Id, id.Secret, "e", 0, TestActor), TestActor);
        session.Tell(new Ws.Deliver(id.Id, "p", 1, Ws.Send.Text("x")), TestActor);

        _store.ExpectMsg<Session.Take>();
        _store.Reply(new Session.Taken(null));

        Assert.Equal(id.Id, ExpectMsg<Session.Unknown>().Id);
        ExpectMsg<Ws.DeliverFailed>();
    }

    private byte[] HandOver(SessionClient client)
    {
        Handler.Connection.Tell(Session.HandOver.Instance, TestActor);
        var stored = _store.ExpectMsg<Session.Store>();
        Assert.Equal((client.SessionId, 1), (stored.Id, stored.Moves));
        Watch(_store.Sender);
        var session = _store.Sender;
        _store.Reply(new Session.Stored(true));
        ExpectTerminated(session);
        return stored.State;
    }

    private void Deliver(IActorRef session, SessionClient client, long sequence)
    {
        session.Tell(new Ws.Deliver(client.SessionId, "p", sequence, Ws.Send.Text("delivered")), TestActor);
        ExpectMsg<Ws.Delivered>();
    }

    private static string Text(Ws.Send send) => System.Text.Encoding.UTF8.GetString(send.Payload.Span);
}
