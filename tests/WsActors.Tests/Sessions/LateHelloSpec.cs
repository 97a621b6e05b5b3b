using Akka.Actor;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Sessions;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>
/// A hello delayed between nodes: its client may have timed out, and reconnected over another connection. The late request must not take
/// effect.
/// </summary>
public sealed class LateHelloSpec : SessionSpec
{
    public LateHelloSpec()
        : base("hello-timeout = 3s")
    {
    }

    [Fact]
    public void A_late_hello_starts_no_session()
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
    public void A_client_that_has_left_takes_over_no_session()
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
    public void A_client_that_has_waited_for_long_is_pinged_first()
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
    public void A_client_welcomed_without_its_link_is_told_to_reconnect_and_keeps_its_session()
    {
        var (client, start, link) = SayHello();
        Kit.Advance(Seconds(1));
        link.Tell(new SessionMessages.Confirm(start.Id), TestActor);
        client.Socket.SendFrame(Opcode.Pong, client.Socket.ExpectPing());
        Assert.True(ExpectMsg<SessionMessages.Start>().IsConfirmed);

        // The message of another node to the link, that it serves the client, is lost.
        start.Connection.Tell(Ws.Send.Text("welcome"), TestActor);
        Assert.Equal("welcome", client.Socket.ExpectAnyText());
        client.Socket.SendText("message 1\nmine");

        client.Socket.ExpectClose(CloseCode.ServiceRestart);
    }

    [Fact]
    public void A_connection_told_to_reconnect_does_not_wait_any_more()
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

    /// <summary>A client that has sent hello, by a link whose session the test plays.</summary>
    private (SessionClient Client, SessionMessages.Start Begin, IActorRef Link) SayHello()
    {
        Sys.WebSockets().SessionHost.Home = TestActor;
        var client = new SessionClient(Kit);
        client.Connect();
        client.Socket.SendText("hello");
        return (client, ExpectMsg<SessionMessages.Start>(), LastSender);
    }
}
