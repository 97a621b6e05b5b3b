using System.Collections.Concurrent;
using Akka.Actor;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A limited number of guards and delegates of one route run at a time, separate from all other code.</summary>
public sealed class GuardLoadSpec : WebSocketSpec
{
    private readonly ManualResetEventSlim _gate = new();

    [Fact]
    public void Blocking_guards_delay_only_their_route_and_past_the_limits_503_is_sent_at_once()
    {
        var kit = ServeBlocking();
        var blocked = new[] { Ask(kit), Ask(kit) };
        ExpectMsg("begun");
        ExpectMsg("begun");
        var waiting = Ask(kit);
        kit.AwaitIdle();

        var refused = Ask(kit);

        Assert.Equal("5", refused.ExpectResponse(503).Headers["Retry-After"]);
        Assert.Contains("as many requests as it can", refused.ReadBody(), StringComparison.Ordinal);
        kit.Connect("/orders");
        var health = kit.Dial();
        health.SendRequest("GET /health HTTP/1.1", "Host: 127.0.0.1:8080");
        health.ExpectResponse(200);

        _gate.Set();
        Assert.All([.. blocked, waiting], static client => client.ExpectUpgrade());
    }

    [Fact]
    public void A_guard_that_waits_past_its_deadline_is_answered_503_and_never_starts()
    {
        var kit = ServeBlocking();
        var all = new[] { Ask(kit), Ask(kit), Ask(kit) };
        ExpectMsg("begun");
        ExpectMsg("begun");

        kit.Advance(Seconds(5));

        Assert.All(all, static client => client.ExpectResponse(503));
        _gate.Set();
        kit.Connect("/orders");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_client_that_disconnects_while_it_waits_frees_its_place()
    {
        var kit = ServeBlocking();
        _ = Ask(kit);
        _ = Ask(kit);
        ExpectMsg("begun");
        ExpectMsg("begun");
        var gone = Ask(kit);
        kit.AwaitIdle();

        gone.Socket.Reset();
        gone.Socket.ExpectStopped();

        var next = Ask(kit);
        kit.AwaitIdle();
        _gate.Set();
        next.ExpectUpgrade();
        ExpectMsg("begun");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Route_code_of_a_stopped_connection_is_cancelled()
    {
        var kit = Serve(route: new WebSocketRouteOptions
        {
            Guard = async (_, cancellation) =>
            {
                cancellation.Register(() => TestActor.Tell("cancelled"));
                TestActor.Tell("begun");
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                return GuardDecision.Accept();
            },
        });
        var client = kit.Dial();
        client.RequestUpgrade();
        ExpectMsg("begun");

        Sys.Stop(client.Socket.Connection);

        ExpectMsg("cancelled");
        client.Socket.ExpectReset();
    }

    [Fact]
    public void A_blocking_Props_delegate_is_answered_503_after_the_guard_timeout()
    {
        var kit = Serve(RouteTable.Empty.Map("/", _ =>
        {
            TestActor.Tell("begun");
            _gate.Wait(CancellationToken.None);
            return Props.Create<Echo>();
        }));
        var client = kit.Dial();
        client.RequestUpgrade();
        ExpectMsg("begun");

        kit.Advance(Seconds(5));

        client.ExpectResponse(503);
        client.Socket.ExpectStopped();
        _gate.Set();
    }

    [Fact]
    public void Route_code_uses_no_thread_of_the_pool()
    {
        var isOfPool = new BlockingCollection<bool>();
        var kit = Serve(RouteTable.Empty
            .Map(
                "/",
                _ =>
                {
                    isOfPool.Add(Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None);
                    return Props.Create<Echo>();
                },
                new WebSocketRouteOptions
                {
                    Guard = async (_, cancellation) =>
                    {
                        isOfPool.Add(Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None);
                        await Task.Run(static () => { }, cancellation);
                        isOfPool.Add(Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None);
                        return GuardDecision.Accept();
                    },
                })
            .Get("/page", (_, _) =>
            {
                isOfPool.Add(Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None);
                return Task.FromResult(PlainResponse.Text(200, ""));
            }));
        kit.Connect();
        var page = kit.Dial();
        page.SendRequest("GET /page HTTP/1.1", "Host: 127.0.0.1:8080");
        page.ExpectResponse(200);

        Assert.Equal([false, false, false, false], isOfPool);
    }

    [Fact]
    public void A_rejecting_guard_creates_no_handler()
    {
        var kit = Serve(RouteTable.Empty.Map(
            "/",
            _ =>
            {
                TestActor.Tell("made");
                return Props.Create<Echo>();
            },
            new WebSocketRouteOptions { Guard = static (_, _) => Task.FromResult(GuardDecision.Reject(401, "no")) }));
        var client = kit.Dial();

        client.RequestUpgrade();

        client.ExpectResponse(401);
        ExpectNoMsg(TimeSpan.Zero);
    }

    protected override void AfterAll()
    {
        _gate.Set();
        base.AfterAll();
    }

    private static ClientProbe Ask(WebSocketTestKit kit)
    {
        var client = kit.Dial();
        client.RequestUpgrade("/blocked");
        return client;
    }

    /// <summary>Two guards at a time, one that waits.</summary>
    private WebSocketTestKit ServeBlocking() => Serve(
        RouteTable.Empty
            .MapShared("/blocked", Handler.Ref, new WebSocketRouteOptions
            {
                Guard = (_, _) =>
                {
                    TestActor.Tell("begun");
                    _gate.Wait(CancellationToken.None);
                    return Task.FromResult(GuardDecision.Accept());
                },
            })
            .MapShared(
                "/orders", Handler.Ref, new WebSocketRouteOptions { Guard = static (_, _) => Task.FromResult(GuardDecision.Accept()) })
            .Get("/health", static (_, _) => Task.FromResult(PlainResponse.Text(200, "ok"))),
        static options => options with { Guard = options.Guard with { MaxRunning = 2, MaxWaiting = 1 } });
}
