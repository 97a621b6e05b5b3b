using System.Security.Claims;
using Akka.Actor;
using WsActors.Protocol;

namespace WsActors.Tests.Sessions;

/// <summary>A session outlives the authentication of its client's connection: the same user comes back with a new one.</summary>
public sealed class SessionExpirySpec : SessionSpec
{
    private const string Ann = "/until/ann";

    public SessionExpirySpec()
        : base("retention = 60s", "keep-alive.ping-interval = off")
    {
    }

    [Fact]
    public void The_handler_is_told_before_and_the_client_comes_back_after_4401()
    {
        var client = Begin(Ann);
        Advance(240);
        var expiring = Handler.Expect<Ws.Expiring>();
        Assert.Equal(Date + Seconds(60), expiring.ExpiresAt);
        Assert.Equal(client.SessionId, expiring.Connection.Path.Name);

        Advance(60);

        client.Socket.ExpectClose(Ws.ExpiredCode);
        client.Socket.SendClose(Ws.ExpiredCode);
        Handler.Expect<Ws.Detached>();
        Tell("missed");
        Resume(client);
        client.Expect("missed");
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_lifetime_shorter_than_the_warning_is_told_behind_Attached()
    {
        Lifetime = Seconds(10);
        var client = Begin(Ann);

        Handler.Expect<Ws.Expiring>();
        Break(client);
        Resume(client);

        Handler.Expect<Ws.Expiring>();
    }

    [Fact]
    public void A_session_that_nobody_comes_back_to_ends_after_its_retention()
    {
        Lifetime = Seconds(10);
        var client = Begin(Ann);
        Handler.Expect<Ws.Expiring>();
        Advance(10);
        client.Socket.ExpectClose(Ws.ExpiredCode);
        client.Socket.SendClose(Ws.ExpiredCode);
        Handler.Expect<Ws.Detached>();

        Advance(59);
        Handler.ExpectNothing();
        Advance(1);

        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    [Fact]
    public void Another_user_does_not_continue_the_session()
    {
        Lifetime = Seconds(10);
        var client = Begin(Ann);
        Handler.Expect<Ws.Expiring>();
        Advance(10);
        client.Socket.ExpectClose(Ws.ExpiredCode);
        var other = new SessionClient(Kit, "/until/bob") { Token = client.Token, Epoch = client.Epoch };

        Assert.Equal("false", other.Resume());

        Assert.NotEqual(client.SessionId, other.SessionId);
    }

    [Fact]
    public void A_renewal_keeps_the_connection_and_is_the_principal_of_a_restarted_handler()
    {
        Lifetime = Seconds(60);
        var client = Begin(Ann);
        Handler.Expect<Ws.Expiring>();
        var session = Handler.Connection;

        session.Tell(new Ws.Renew(Principal("ann", "admin"), Date + Seconds(120)), ActorRefs.NoSender);

        var renewed = Handler.Expect<Ws.Renewed>();
        Assert.Equal((session, true, Date + Seconds(120)), (renewed.Connection, renewed.Principal!.IsInRole("admin"), renewed.ExpiresAt));
        Advance(60);
        Assert.Equal(renewed.ExpiresAt, Handler.Expect<Ws.Expiring>().ExpiresAt);
        client.Send("fail");
        Assert.True(Handler.ExpectOpened().Principal!.IsInRole("admin"));
        client.ExpectHandled(1);
        Advance(60);
        client.Socket.ExpectClose(Ws.ExpiredCode);
    }

    [Fact]
    public void Any_actor_may_renew_a_session()
    {
        Begin(Ann);

        Handler.Connection.Tell(new Ws.Renew(Principal("ann"), Date + Seconds(600)), TestActor);

        Assert.Equal(Handler.Connection, ExpectMsg<Ws.Renewed>().Connection);
        Handler.Expect<Ws.Renewed>();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_renewal_for_another_user_or_without_a_client_is_refused()
    {
        var client = Begin(Ann);

        Handler.Tell(new Ws.Renew(Principal("bob"), Date + Seconds(600)));
        Handler.Expect<Ws.RenewFailed>();
        Break(client);
        Handler.Tell(new Ws.Renew(Principal("ann"), Date + Seconds(600)));

        Assert.Equal("The session has no client; the guard decides again when it returns.", Handler.Expect<Ws.RenewFailed>().Reason);
    }

    [Fact]
    public void A_session_that_has_ended_is_not_renewed()
    {
        var client = Begin(Ann);
        Handler.Tell(new Ws.Close());
        Handler.Connection.Tell(new Ws.Renew(Principal("ann"), Date + Seconds(600)), TestActor);
        client.Socket.ExpectClose(CloseCode.Normal);

        Handler.ExpectClosed(CloseCode.Normal);
        Assert.Equal("The connection or session has ended.", ExpectMsg<Ws.RenewFailed>().Reason);
    }

    [Fact]
    public void A_session_that_is_gone_is_not_renewed_either()
    {
        var client = Begin(Ann);
        var session = Handler.Connection;
        Handler.Tell(new Ws.Close());
        client.Socket.ExpectClose(CloseCode.Normal);
        Watch(session);
        ExpectTerminated(session);

        session.Tell(new Ws.Renew(Principal("ann"), Date + Seconds(600)), TestActor);

        Assert.Equal("The connection or session has ended.", ExpectMsg<Ws.RenewFailed>().Reason);
    }

    private void Advance(double seconds) => Kit.Advance(Seconds(seconds));

    private static ClaimsPrincipal Principal(string user, string role = "guest") =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, user), new Claim(ClaimTypes.Role, role)], "test"));
}
