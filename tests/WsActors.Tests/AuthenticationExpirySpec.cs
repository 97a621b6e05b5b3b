using System.Security.Claims;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// A connection lives as long as its authentication: its handler is warned, may renew it, and the connection is closed with 4401 otherwise.
/// </summary>
public sealed class AuthenticationExpirySpec : WebSocketSpec
{
    private const string Reason = "the authentication has expired";

    private static readonly TimeSpan Tick = Seconds(0.5);

    [Fact]
    public void The_handler_is_told_60_seconds_before_and_the_connection_is_closed_with_4401_at_the_time()
    {
        var (kit, client, expiresAt) = Open(Seconds(300));

        kit.Advance(Seconds(240) - Tick);
        Handler.ExpectNothing();
        kit.Advance(Tick);
        Assert.Equal(new Ws.Expiring { Connection = client.Connection, ExpiresAt = expiresAt }, Handler.Expect<Ws.Expiring>());
        kit.Advance(Seconds(60) - Tick);
        Handler.ExpectNothing();
        client.ExpectNothing();
        kit.Advance(Tick);

        Assert.Equal(Reason, client.ExpectClose(Ws.ExpiredCode));
        client.SendClose(Ws.ExpiredCode);
        var closed = Handler.ExpectClosed(Ws.ExpiredCode);
        Assert.Equal((Reason, Ws.Side.Local, true, Seconds(300)), (closed.Reason, closed.By, closed.WasClean, closed.Duration));
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
        AssertNothingIsLeft(kit);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(1)]
    public void A_lifetime_no_longer_than_the_warning_is_told_right_after_Opened(int seconds)
    {
        var (kit, client, expiresAt) = Open(Seconds(seconds));

        Assert.Equal(expiresAt, Handler.Expect<Ws.Expiring>().ExpiresAt);
        kit.Advance(Seconds(seconds));

        client.ExpectClose(Ws.ExpiredCode);
        Handler.ExpectNothing();
    }

    [Fact]
    public void The_warning_may_be_longer()
    {
        var (kit, _, _) = Open(Seconds(300), static options => options with { Auth = new AuthOptions { ExpiryWarning = Seconds(299) } });

        kit.Advance(Seconds(1));

        Handler.Expect<Ws.Expiring>();
    }

    [Fact]
    public void The_warning_may_be_off()
    {
        var (kit, client, _) = Open(Seconds(10), static options => options with { Auth = new AuthOptions { ExpiryWarning = null } });

        kit.Advance(Seconds(10));

        client.ExpectClose(Ws.ExpiredCode);
        Handler.ExpectNothing();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_expiry_that_has_passed_is_answered_101_and_4401_and_no_handler_is_created(int seconds)
    {
        var client = Serve(Routes(Seconds(seconds))).Connect();

        Assert.Equal(Reason, client.ExpectClose(Ws.ExpiredCode));
        client.Socket.ExpectHalfClose();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_far_expiry_is_no_expiry()
    {
        var kit = Serve(RouteTable.Empty.MapShared(
            "/", Handler.Ref, new WebSocketRouteOptions { Guard = (_, _) => Accept(DateTimeOffset.MaxValue) }), WithoutPings);
        var client = kit.Connect();
        Handler.ExpectOpened();

        kit.Advance(Seconds(3600));

        client.ExpectNothing();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_renewal_keeps_the_connection_until_its_own_time_and_is_told_again_before()
    {
        var (kit, client, expiresAt) = Open(Seconds(60));
        Handler.Expect<Ws.Expiring>();
        var until = expiresAt + Seconds(120);
        var principal = Principal("ann", role: "admin");

        Handler.Tell(new Ws.Renew(principal, until));

        var renewed = Handler.Expect<Ws.Renewed>();
        Assert.Equal((client.Connection, principal, until), (renewed.Connection, renewed.Principal, renewed.ExpiresAt));
        kit.Advance(Seconds(120) - Tick);
        client.ExpectNothing();
        Handler.ExpectNothing();
        kit.Advance(Tick);
        Assert.Equal(until, Handler.Expect<Ws.Expiring>().ExpiresAt);
        kit.Advance(Seconds(60));
        client.ExpectClose(Ws.ExpiredCode);
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_renewal_to_less_than_the_warning_is_told_at_once()
    {
        var (kit, client, expiresAt) = Open(Seconds(300));

        Handler.Tell(new Ws.Renew(Principal("ann"), expiresAt - Seconds(270)));

        Handler.Expect<Ws.Renewed>();
        Handler.Expect<Ws.Expiring>();
        kit.Advance(Seconds(30));
        client.ExpectClose(Ws.ExpiredCode);
    }

    [Fact]
    public void Any_actor_may_renew_and_the_handler_is_told_the_principal()
    {
        var (_, client, expiresAt) = Open(Seconds(300));
        var renew = new Ws.Renew(Principal("ann", role: "admin"), expiresAt + Seconds(60));

        client.Connection.Tell(renew, TestActor);

        var told = ExpectMsg<Ws.Renewed>();
        Assert.Equal((client.Connection, renew.Until), (told.Connection, told.ExpiresAt));
        Assert.True(Handler.Expect<Ws.Renewed>().Principal!.IsInRole("admin"));
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_connection_without_expiry_gets_one_by_a_renewal()
    {
        var kit = Serve(WithoutPings);
        var client = kit.Connect();
        Handler.ExpectOpened();

        Handler.Tell(new Ws.Renew(null, Date + Seconds(61)));

        Handler.Expect<Ws.Renewed>();
        kit.Advance(Seconds(1));
        Handler.Expect<Ws.Expiring>();
        kit.Advance(Seconds(60));
        client.ExpectClose(Ws.ExpiredCode);
    }

    [Theory]
    [InlineData("bob")]
    [InlineData(null)]
    public void A_renewal_for_another_user_is_refused_and_the_expiry_stays(string? user)
    {
        var (kit, client, expiresAt) = Open(Seconds(61));

        Handler.Tell(new Ws.Renew(user is null ? null : Principal(user), expiresAt + Seconds(600)));

        var failed = Handler.Expect<Ws.RenewFailed>();
        Assert.Equal(client.Connection, failed.Connection);
        Assert.StartsWith("The principal is of another user", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", failed.Reason, StringComparison.Ordinal);
        client.Connection.Tell(Ws.GetStats.Instance, TestActor);
        Assert.Equal("ann", ExpectMsg<Ws.Stats>().User);
        kit.Advance(Seconds(1));
        Assert.Equal(expiresAt, Handler.Expect<Ws.Expiring>().ExpiresAt);
        kit.Advance(Seconds(60));
        client.ExpectClose(Ws.ExpiredCode);
    }

    [Fact]
    public void A_connection_without_a_user_does_not_become_a_users()
    {
        Serve().Connect();
        Handler.ExpectOpened();

        Handler.Tell(new Ws.Renew(Principal("ann"), Date + Seconds(600)));

        Handler.Expect<Ws.RenewFailed>();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_renewal_until_a_time_that_is_not_in_the_future_is_refused(int seconds)
    {
        Open(Seconds(300));

        Handler.Tell(new Ws.Renew(Principal("ann"), Date + Seconds(seconds)));

        Assert.Equal(
            "The new expiry is not in the future; close the connection to end it now.", Handler.Expect<Ws.RenewFailed>().Reason);
    }

    [Fact]
    public void A_closing_connection_is_not_renewed_and_is_closed_once()
    {
        var (kit, client, expiresAt) = Open(Seconds(2));
        Handler.Expect<Ws.Expiring>();
        kit.Advance(Seconds(1));
        Handler.Tell(new Ws.Close(4000, "enough"));
        client.ExpectClose(4000);

        Handler.Tell(new Ws.Renew(Principal("ann"), expiresAt + Seconds(600)));
        Assert.Equal("The connection is not open, or is closing.", Handler.Expect<Ws.RenewFailed>().Reason);
        kit.Advance(Seconds(3));
        client.ExpectNothing();
        client.SendClose(4000);

        Handler.ExpectClosed(4000);
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
    }

    [Fact]
    public void The_expiry_counts_while_the_handler_asks_for_nothing()
    {
        var kit = Serve(Routes(Seconds(30), new WebSocketRouteOptions { Pull = true }), WithoutPings);
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.Expect<Ws.Expiring>();
        client.SendText("not asked for");
        Assert.False(client.Socket.IsReadAskedFor);

        kit.Advance(Seconds(30));

        client.ExpectClose(Ws.ExpiredCode);
        client.SendClose(Ws.ExpiredCode);
        Handler.ExpectClosed(Ws.ExpiredCode);
    }

    [Fact]
    public void The_expiry_counts_while_the_client_does_not_read()
    {
        var (kit, client, _) = Open(Seconds(10));
        Handler.Expect<Ws.Expiring>();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("read late"));

        kit.Advance(Seconds(10));
        client.Socket.ResumeReading();

        client.ExpectText("read late");
        client.ExpectClose(Ws.ExpiredCode);
    }

    [Fact]
    public void A_freeze_of_the_process_does_not_extend_it()
    {
        var (kit, client, _) = Open(Seconds(200));
        kit.Advance(Tick);

        kit.StandStill(Seconds(100));
        kit.Advance(Seconds(40));
        Handler.Expect<Ws.Expiring>();
        kit.StandStill(Seconds(100));

        client.ExpectClose(Ws.ExpiredCode);
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_restarted_handler_is_told_the_renewed_principal()
    {
        var kit = Serve(
            RouteTable.Empty.Map(
                "/",
                _ => Props.Create<Failing>(Handler.Ref),
                new WebSocketRouteOptions { Guard = (_, _) => Accept(Date + Seconds(300)) }));
        var client = kit.Connect();
        Assert.False(Handler.ExpectOpened().Principal!.IsInRole("admin"));
        client.Connection.Tell(new Ws.Renew(Principal("ann", role: "admin"), Date + Seconds(600)), ActorRefs.NoSender);
        Handler.Expect<Ws.Renewed>();

        client.SendText("fail");

        var again = Handler.ExpectOpened();
        Assert.Equal((true, true), (again.IsRestart, again.Principal!.IsInRole("admin")));
    }

    private DateTimeOffset Date => Sys.Settings.Setup.Get<WebSocketSetup>().Value.Time.GetUtcNow();

    private (WebSocketTestKit Kit, ClientProbe Client, DateTimeOffset ExpiresAt) Open(
        TimeSpan lifetime, Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var kit = Serve(Routes(lifetime), options => WithoutPings(configure?.Invoke(options) ?? options));
        var client = kit.Connect();
        Assert.Equal("ann", Handler.ExpectOpened().User);
        return (kit, client, Date + lifetime);
    }

    private RouteTable Routes(TimeSpan lifetime, WebSocketRouteOptions? options = null) => RouteTable.Empty.MapShared(
        "/", Handler.Ref, (options ?? new WebSocketRouteOptions()) with { Guard = (_, _) => Accept(Date + lifetime) });

    private static Task<GuardDecision> Accept(DateTimeOffset expiresAt) =>
        Task.FromResult(GuardDecision.Accept(Principal("ann"), expiresAt));

    private static EndpointOptions WithoutPings(EndpointOptions options) => options with
    {
        KeepAlive = options.KeepAlive with { PingInterval = null },
    };

    private static ClaimsPrincipal Principal(string user, string role = "guest") =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, user), new Claim(ClaimTypes.Role, role)], "test"));

    /// <summary>Forwards its events; fails at a message.</summary>
    private sealed class Failing(IActorRef probe) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received)
            {
                throw new InvalidOperationException("told to fail");
            }

            probe.Forward(message);
        }
    }
}
