using Akka.Actor;
using Akka.Event;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A guard that fails, blocks, errs, or outlives its client affects no other client and accepts no upgrade.</summary>
public sealed class GuardFailureSpec : WebSocketSpec
{
    [Fact]
    public void A_throwing_guard_is_answered_500_and_logged_without_the_request()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var kit = ServeGuarded(static _ => throw new InvalidOperationException("the database is away"));
        var client = kit.Dial();

        client.RequestUpgrade("/?token=s3cret", "Cookie: id=s3cret");

        client.ExpectResponse(500);
        Assert.DoesNotContain("database", client.ReadBody(), StringComparison.Ordinal);
        var logged = ExpectMsg<Error>();
        Assert.Equal("the database is away", logged.Cause.Message);
        Assert.DoesNotContain("s3cret", logged.ToString(), StringComparison.Ordinal);
        Handler.ExpectNothing();
    }

    [Fact]
    public void Guards_with_load_failures_make_the_node_unready_until_an_upgrade_opens()
    {
        var kit = Serve(RouteTable.Empty.MapShared("/", Handler.Ref).MapShared("/broken", Handler.Ref, new WebSocketRouteOptions
        {
            Guard = static (_, _) => throw new FileNotFoundException("no file", "System.Security.Claims, Version=10.0.0.0"),
        }));
        for (var i = 0; i < 3; i++)
        {
            var client = kit.Dial();
            client.RequestUpgrade("/broken");
            client.ExpectResponse(500);
        }

        Assert.Contains("cannot be opened", Fault(kit), StringComparison.Ordinal);

        kit.Connect();
        Assert.Null(Fault(kit));
    }

    [Fact]
    public void A_guard_with_a_failed_or_null_task_is_answered_500()
    {
        var kit = Serve(RouteTable.Empty
            .MapShared(
                "/fails",
                Handler.Ref,
                new WebSocketRouteOptions { Guard = static (_, _) => Task.FromException<GuardDecision>(new TimeoutException()) })
            .MapShared("/null", Handler.Ref, new WebSocketRouteOptions { Guard = static (_, _) => Task.FromResult<GuardDecision>(null!) }));

        foreach (var path in new[] { "/fails", "/null" })
        {
            var client = kit.Dial();
            client.RequestUpgrade(path);
            client.ExpectResponse(500);
        }
    }

    [Fact]
    public void A_guard_that_blocks_its_thread_does_not_block_other_connections_and_is_answered_503()
    {
        using var gate = new ManualResetEventSlim();
        var kit = Serve(RouteTable.Empty
            .MapShared("/", Handler.Ref)
            .MapShared("/blocked", Handler.Ref, Guarded(_ =>
            {
                TestActor.Tell("blocking");
                gate.Wait();
                return GuardDecision.Accept();
            })));
        var blocked = kit.Dial();
        blocked.RequestUpgrade("/blocked");
        ExpectMsg("blocking");

        kit.Connect();

        Handler.ExpectOpened();
        kit.Advance(Seconds(5));
        blocked.ExpectResponse(503);
        gate.Set();
        blocked.Socket.ExpectStopped();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_guard_that_chooses_a_subprotocol_that_was_not_offered_is_answered_500()
    {
        var kit = ServeGuarded(static _ => new GuardDecision.Accepted { Subprotocol = "v9" });
        var client = kit.Dial();

        client.RequestUpgrade("/", "Sec-WebSocket-Protocol: v1");

        client.ExpectResponse(500);
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }

    [Fact]
    public void A_socket_closed_while_its_guard_runs_cancels_the_guard_and_opens_nothing()
    {
        var answer = new TaskCompletionSource<GuardDecision>();
        var kit = Serve(route: new WebSocketRouteOptions
        {
            Guard = (_, cancellation) =>
            {
                cancellation.Register(() => TestActor.Tell("cancelled"));
                TestActor.Tell("asked");
                return answer.Task;
            },
        });
        var client = kit.Dial();
        client.RequestUpgrade();
        ExpectMsg("asked");

        client.Socket.Reset();

        ExpectMsg("cancelled");
        client.Socket.ExpectStopped();
        answer.SetResult(GuardDecision.Accept());
        Handler.ExpectNothing();
    }

    private WebSocketTestKit ServeGuarded(Func<UpgradeRequest, GuardDecision> decide) => Serve(route: Guarded(decide));

    private static WebSocketRouteOptions Guarded(Func<UpgradeRequest, GuardDecision> decide) =>
        new() { Guard = (request, _) => Task.FromResult(decide(request)) };

    private string? Fault(WebSocketTestKit kit)
    {
        kit.AwaitIdle();
        kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        return ExpectMsg<Ws.Health>().UpgradeFault;
    }
}
