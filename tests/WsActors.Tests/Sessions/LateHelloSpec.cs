using Akka.Actor;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Sessions;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>
/// A hello that was long on its way between nodes: its client may have given up, and have come by another connection since. What it asked for is not
/// done behind its back.
/// </summary>
public sealed class LateHelloSpec : SessionSpec
{
    public LateHelloSpec()
        : base("hello-timeout = 3s")
    {
    }

    [Fact]
    public void A_hello_that_nobody_waits_for_begins_no_session()
    {
        Kit.Connect("/plain");
        var opened = Handler.ExpectOpened();
        var token = SessionToken.New(null);
        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, token.Id), token.Id);
        Watch(session);

        session.Tell(new SessionMessages.Start(token.Id, token.Secret, IsLost: false, TestActor, "ws://*:80", opened), TestActor);
        Assert.Equal(token.Id, ExpectMsg<SessionMessages.Confirm>().Id);
        Kit.Advance(Seconds(3));

        ExpectTerminated(session);
        Handler.ExpectNothing();
        Assert.Equal(0, Sessions);
    }

    [Fact]
    public void A_client_that_waits_no_more_takes_no_session_over()
    {
        var client = Begin();
        Assert.True(SessionToken.TryParse(client.Token, out var token));
        var resume = new SessionMessages.Resume(token.Id, token.Secret, client.Epoch, 0, TestActor) { By = EntryBy("/") };

        Handler.Connection.Tell(resume, TestActor);
        Assert.Equal(token.Id, ExpectMsg<SessionMessages.Confirm>().Id);
        Tell("still yours");
        client.Expect("still yours");
        Handler.ExpectNothing();

        Handler.Connection.Tell(resume.Confirmed(), TestActor);
        client.ExpectClose(SessionProtocol.TakenOverCode);
    }

    [Fact]
    public void A_client_that_has_waited_for_long_shows_first_that_it_is_there()
    {
        var (client, start, link) = SayHello();
        Kit.Advance(Seconds(1));

        link.Tell(new SessionMessages.Confirm(start.Id), TestActor);
        var ping = client.Socket.ExpectPing();
        ExpectNoMsg(TimeSpan.Zero);
        client.Socket.SendFrame(Opcode.Pong, ping);
        Assert.True(ExpectMsg<SessionMessages.Start>().IsConfirmed);

    }

    [Fact]
    public void A_client_that_was_welcomed_behind_the_back_of_its_link_comes_back_and_keeps_its_session()
    {
        var (client, start, link) = SayHello();
        Kit.Advance(Seconds(1));
        link.Tell(new SessionMessages.Confirm(start.Id), TestActor);
        client.Socket.SendFrame(Opcode.Pong, client.Socket.ExpectPing());
        Assert.True(ExpectMsg<SessionMessages.Start>().IsConfirmed);

        // What another node told the link first, that it serves the client, is lost.
        start.Connection.Tell(Ws.Send.Text("welcome"), TestActor);
        Assert.Equal("welcome", client.Socket.ExpectAnyText());
        client.Socket.SendText("message 1\nmine");

        client.Socket.ExpectClose(CloseCode.ServiceRestart);
    }

    [Fact]
    public void A_connection_that_was_told_to_come_back_does_not_wait_any_more()
    {
        var (client, start, link) = SayHello();

        link.Tell(new SessionMessages.Confirm(start.Id), TestActor);
        Assert.True(ExpectMsg<SessionMessages.Start>().IsConfirmed);
        Kit.Advance(Seconds(3));
        client.Socket.ExpectClose(CloseCode.TryAgainLater);
        link.Tell(new SessionMessages.Confirm(start.Id), TestActor);
        link.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    /// <summary>A client that has said hello, by a link whose session the test plays.</summary>
    private (SessionClient Client, SessionMessages.Start Begin, IActorRef Link) SayHello()
    {
        Sys.WebSockets().SessionHost.Home = TestActor;
        var client = new SessionClient(Kit);
        client.Connect();
        client.Socket.SendText("hello");
        return (client, ExpectMsg<SessionMessages.Start>(), LastSender);
    }
}
