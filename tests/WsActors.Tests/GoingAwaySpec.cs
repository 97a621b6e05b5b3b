using System.Net;
using Akka.Actor;
using Akka.IO;
using Akka.TestKit;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// An unbound endpoint closes its connections first, and stops listening last: Akka.IO resets the sockets of a stopped listener.
/// </summary>
public sealed class GoingAwaySpec : WebSocketSpec
{
    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 8080);

    [Fact]
    public void Unbind_closes_connections_with_1001_and_answers_when_all_have_stopped()
    {
        var kit = Serve();
        var clients = new[] { kit.Connect(), kit.Connect() };

        Unbind(kit);

        foreach (var client in clients)
        {
            client.ExpectClose(CloseCode.GoingAway);
        }

        kit.AwaitIdle();
        ExpectNoMsg(TimeSpan.Zero);
        foreach (var client in clients)
        {
            client.SendClose(CloseCode.GoingAway);
        }

        ExpectMsg<Ws.Unbound>();
    }

    [Fact]
    public void Unbind_resets_connections_without_a_close_answer_after_5_seconds()
    {
        var kit = Serve();
        var client = kit.Connect();
        Unbind(kit);
        client.ExpectClose(CloseCode.GoingAway);

        kit.Advance(Seconds(4.5));
        ExpectNoMsg(TimeSpan.Zero);
        kit.Advance(Seconds(0.5));

        ExpectMsg<Ws.Unbound>();
    }

    [Fact]
    public void Unbind_answers_503_to_partial_requests_and_closes_silent_sockets()
    {
        var kit = Serve();
        kit.Connect();
        var (silent, late) = (kit.Dial(), kit.Dial());
        late.Send("GET / HTTP/1.1\r\n"u8.ToArray());

        Unbind(kit);

        silent.Socket.ExpectHalfClose();
        silent.ExpectEnd();
        Assert.NotNull(late.ExpectResponse(503).Headers["Retry-After"]);
        var newcomer = kit.Dial();
        newcomer.RequestUpgrade();
        newcomer.ExpectResponse(503);
    }

    [Fact]
    public void Unbind_answers_503_to_a_request_whose_guard_has_not_answered()
    {
        Guard guard = (_, _) =>
        {
            TestActor.Tell("asked");
            return new TaskCompletionSource<GuardDecision>().Task;
        };
        var kit = Serve(route: new WebSocketRouteOptions { Guard = guard });
        var client = kit.Dial();
        client.RequestUpgrade();
        ExpectMsg("asked");

        Unbind(kit);

        client.ExpectResponse(503);
        ExpectMsg<Ws.Unbound>();
    }

    [Fact]
    public void Unbind_of_an_unbound_endpoint_is_answered_at_once()
    {
        var kit = Serve();
        var nowhere = new IPEndPoint(IPAddress.Loopback, 1);

        kit.Manager.Tell(new Ws.Unbind(nowhere), TestActor);

        Assert.Equal(nowhere, ExpectMsg<Ws.Unbound>().LocalEndPoint);
        kit.Connect();
    }

    [Fact]
    public void Unbind_removes_one_endpoint_only()
    {
        var kit = Serve();
        var other = new IPEndPoint(IPAddress.Loopback, 9090);
        var listener = Bind(other);
        var client = kit.Connect();

        kit.Manager.Tell(new Ws.Unbind(other), TestActor);

        listener.ExpectMsg<Tcp.Unbind>();
        listener.Reply(Tcp.Unbound.Instance);
        ExpectMsg<Ws.Unbound>();
        client.SendText("still here");
        Handler.ExpectOpened();
        Handler.ExpectText("still here");
    }

    [Fact]
    public void After_unbind_health_lists_no_endpoint()
    {
        var kit = Serve();
        Unbind(kit);
        ExpectMsg<Ws.Unbound>();

        kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);

        Assert.Empty(ExpectMsg<Ws.Health>().Endpoints);
    }

    [Fact]
    public void A_stopped_listener_is_not_listed_any_more()
    {
        var kit = Serve();
        var listener = Bind(new IPEndPoint(IPAddress.Loopback, 9090));
        Watch(listener.Ref);

        Sys.Stop(listener.Ref);

        ExpectTerminated(listener.Ref);
        kit.AwaitIdle();
        kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        Assert.Equal([Local], ExpectMsg<Ws.Health>().Endpoints);
    }

    private TestProbe Bind(IPEndPoint local)
    {
        var listener = CreateTestProbe();
        Sys.WebSockets().Manager.Tell(new Ws.Bind($"ws://{local}", RouteTable.Empty) { Source = listener.Ref }, TestActor);
        listener.ExpectMsg<Tcp.Bind>();
        listener.Reply(new Tcp.Bound(local));
        ExpectMsg<Ws.Bound>();
        return listener;
    }

    private void Unbind(WebSocketTestKit kit) => kit.Manager.Tell(new Ws.Unbind(Local), TestActor);
}
