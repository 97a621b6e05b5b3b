using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Claims;
using Akka.Actor;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Tests.Sessions;
using WsActors.Tracing;

namespace WsActors.Tests.Tracing;

/// <summary>
/// The spans of the activity source WsActors: handshake, received messages, sends with an ack, publishes and deliveries. Measurements of
/// allocations do not run beside it.
/// </summary>
[Collection(nameof(MetricsSpec))]
public sealed class TracingSpec : WebSocketSpec
{
    private const int Budget = 400_000;

    private readonly SpanLog _log = new();

    private readonly TaskCompletionSource _gate = new();

    private readonly ConcurrentQueue<ActivitySpanId?> _seen = new();

    private readonly WebSocketTestKit _kit;

    public TracingSpec() => _kit = Serve(
        RouteTable.Empty
            .MapShared("/plain", Handler.Ref)
            .MapShared("/as/{user}", Handler.Ref, new WebSocketRouteOptions { Guard = AsUser })
            .Map("/work/{user}", _ => Worker)
            .Map("/session", _ => Worker, new WebSocketRouteOptions { Sessions = true })
            .MapShared(
                "/guarded",
                Handler.Ref,
                new WebSocketRouteOptions
                {
                    Guard = (_, _) =>
                    {
                        _seen.Enqueue(Activity.Current?.SpanId);
                        return Task.FromResult(GuardDecision.Reject(503, "no"));
                    },
                }),
        static options => options with { SendQueue = options.SendQueue with { MaxBytes = Budget } });

    private static Task<GuardDecision> AsUser(UpgradeRequest request, CancellationToken cancellation) => Task.FromResult(
        GuardDecision.Accept(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", request.RouteValues["user"])], "test"))));

    private Props Worker => Props.Create<Worker>(TestActor, _gate, _seen);

    [Fact]
    public void The_handshake_is_a_child_of_the_requests_traceparent_and_names_the_route_alone()
    {
        _kit.Connect("/work/ann?token=s3cret", _log.Header, "tracestate: vendor=1", "Cookie: a=b");
        _kit.AwaitIdle();

        var span = _log.Single("GET /work/{user}");
        Assert.Equal((ActivityKind.Server, _log.Parent.SpanId), (span.Kind, span.ParentSpanId));
        Assert.True(span.HasRemoteParent);
        Assert.Equal("vendor=1", span.TraceStateString);
        Assert.Equal(
            "http.request.method=GET http.response.status_code=101 http.route=/work/{user} network.protocol.version=1.1 "
            + "server.address=127.0.0.1 server.port=8080 url.scheme=ws",
            SpanLog.TagsOf(span));
    }

    [Fact]
    public void A_refused_request_has_its_status_and_no_path()
    {
        var client = _kit.Dial();
        client.RequestUpgrade("/nowhere/ann", _log.Header);
        client.ExpectResponse(404);

        var span = _log.Single("GET");
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(
            "error.type=404 http.request.method=GET http.response.status_code=404 network.protocol.version=1.1 "
            + "server.address=127.0.0.1 server.port=8080 url.scheme=ws",
            SpanLog.TagsOf(span));
    }

    [Fact]
    public void A_guard_runs_in_the_span_of_the_handshake()
    {
        var client = _kit.Dial();
        client.RequestUpgrade("/guarded", _log.Header);
        client.ExpectResponse(503);

        var span = _log.Single("GET /guarded");
        Assert.Equal(span.SpanId, Assert.Single(_seen));
        Assert.Equal((ActivityStatusCode.Error, "503"), (span.Status, span.GetTagItem("error.type")));
    }

    [Fact]
    public void A_method_of_a_WebSocketHandler_and_its_task_run_in_the_span_of_the_message()
    {
        var client = Open("/work/ann");

        client.SendText("task");
        AwaitCondition(() => !_seen.IsEmpty);
        Assert.DoesNotContain(_log.Ended, static one => one.Kind == ActivityKind.Consumer);
        _gate.SetResult();
        AwaitAssert(() => _log.Single("receive /work/{user}"));

        var span = _log.Single("receive /work/{user}");
        Assert.Equal((ActivityKind.Consumer, _log.Single("GET /work/{user}").SpanId), (span.Kind, span.ParentSpanId));
        Assert.Equal([span.SpanId, span.SpanId], _seen);
        Assert.Equal(
            "http.route=/work/{user} messaging.message.body.size=4 messaging.operation.name=receive", SpanLog.TagsOf(span));
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("fail later")]
    public void A_failure_of_the_handler_is_the_error_of_the_span(string text)
    {
        var client = Open("/work/ann");

        client.SendText(text);
        AwaitAssert(() => _log.Single("receive /work/{user}"));

        var span = _log.Single("receive /work/{user}");
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("System.InvalidTimeZoneException", span.GetTagItem("error.type"));
        Assert.Null(span.StatusDescription);
    }

    [Fact]
    public void A_stashed_message_has_its_span_until_it_is_handled()
    {
        var client = Open("/work/ann");
        client.SendText("stash");
        _kit.AwaitIdle();
        Assert.DoesNotContain(_log.Ended, static one => one.Kind == ActivityKind.Consumer);

        Sys.ActorSelection(client.Connection.Path / "handler").Tell("unstash");
        _kit.AwaitIdle();

        var span = _log.Single("receive /work/{user}");
        Assert.Equal([span.SpanId, null, span.SpanId], _seen);
    }

    [Fact]
    public void A_handler_that_is_any_actor_carries_the_context_on()
    {
        var client = Open("/plain");
        Handler.ExpectOpened();

        client.SendText("hi");
        var received = Handler.Expect<Ws.Received>();
        var span = _log.Single("receive /plain");
        Assert.Equal(span.Context, received.TraceContext);
        Assert.Null(Activity.Current);
        using (var own = received.StartActivity("price"))
        {
            Assert.Equal((span.SpanId, own), (own!.ParentSpanId, Activity.Current));
        }

        TestActor.TellTraced("order", received.TraceContext, ActorRefs.NoSender);
        var order = ExpectMsg("order");
        Assert.Equal(span.Context, WebSocketTracing.ContextOf(order));
        TestActor.TellTraced(order, default, ActorRefs.NoSender);
        Assert.Equal(default, WebSocketTracing.ContextOf(ExpectMsg("order")));
    }

    [Fact]
    public void A_WebSocketHandler_tells_another_actor_its_context_by_one_call()
    {
        var client = Open("/work/ann");

        client.SendText("tell");
        var order = ExpectMsg<Worker.Order>();

        using var charge = WebSocketTracing.StartActivity(order, "charge");
        Assert.Equal(_seen.Single(), charge!.ParentSpanId);
    }

    [Fact]
    public void A_send_with_an_ack_ends_when_it_is_taken()
    {
        var client = Open("/work/ann");
        client.Socket.StopReading();

        client.SendText("ack");
        _kit.AwaitIdle();
        Assert.DoesNotContain(_log.Ended, static one => one.Kind == ActivityKind.Producer);
        client.Socket.ReadOnce();
        ExpectMsg("taken");

        var span = _log.Single("send /work/{user}");
        Assert.Equal((ActivityKind.Producer, _log.Single("receive /work/{user}").SpanId), (span.Kind, span.ParentSpanId));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Theory]
    [InlineData(false, "closed")]
    [InlineData(true, "dropped")]
    public void A_send_that_is_not_taken_ends_with_the_reason(bool isFull, string error)
    {
        var client = Open("/plain");
        client.Socket.StopReading();
        Traced(() =>
        {
            var send = Ws.Send.Binary(new byte[Budget * 2 / 3]) with { Overflow = Ws.OverflowPolicy.Drop };
            client.Connection.Tell(isFull ? send : send with { Ack = "taken" }, TestActor);
            client.Connection.Tell(isFull ? send with { Ack = "taken" } : send, TestActor);
        });

        _kit.AwaitIdle();
        client.Socket.Reset();
        ExpectMsg<Ws.SendFailed>();

        var span = _log.Single("send /plain");
        Assert.Equal((ActivityStatusCode.Error, error), (span.Status, span.GetTagItem("error.type")));
    }

    [Fact]
    public void A_publish_and_its_delivery_are_one_trace_and_name_no_topic()
    {
        var (member, client) = (Open("/work/member"), Open("/work/ann"));
        member.Connection.Tell(new Ws.Join("tea"), TestActor);
        ExpectMsg<Ws.Joined>();

        client.SendText("publish");
        member.ExpectText("hi");
        _kit.AwaitIdle();

        var (received, publish, deliver) = (_log.Single("receive /work/{user}"), _log.Single("publish"), _log.Single("deliver"));
        Assert.Equal((received.SpanId, ActivityKind.Producer), (publish.ParentSpanId, publish.Kind));
        Assert.Equal((publish.SpanId, ActivityKind.Consumer), (deliver.ParentSpanId, deliver.Kind));
        Assert.Equal(
            "messaging.message.body.size=2 messaging.operation.name=deliver wsactors.members=1", SpanLog.TagsOf(deliver));
        Assert.DoesNotContain(_log.Ended, static span => span.TagObjects.Any(static tag => $"{tag.Value}".Contains("tea")));
    }

    [Fact]
    public void Sends_to_members_link_to_the_delivery()
    {
        ClientProbe[] members = [Open("/work/member"), Open("/work/member")];
        foreach (var member in members)
        {
            member.Connection.Tell(new Ws.Join("tea"), TestActor);
            ExpectMsg<Ws.Joined>();
        }

        Open("/work/ann").SendText("publish with ack");
        ExpectMsg("taken");
        ExpectMsg("taken");
        _kit.AwaitIdle();

        var deliver = _log.Single("deliver");
        var sends = _log.Ended.Where(static span => span.OperationName == "send /work/{user}").ToList();
        Assert.Equal(2, sends.Count);
        Assert.All(sends, send => Assert.Equal(deliver.Context, Assert.Single(send.Links).Context));
        Assert.All(sends, send => Assert.NotEqual(deliver.TraceId, send.TraceId));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Sends_to_several_connections_of_a_user_link_to_the_sender(int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            Open("/as/ann");
        }

        Traced(() => _kit.Manager.Tell(new Ws.SendToUser("ann", Ws.Send.Text("hi") with { Ack = "taken" }), TestActor));
        ReceiveN(connections + 1);

        var (test, sends) = (_log.Single("test"), _log.Ended.Where(static span => span.OperationName == "send /as/{user}").ToList());
        Assert.Equal(connections, sends.Count);
        Assert.All(sends, send => Assert.Equal(connections == 1 ? test.SpanId : default, send.ParentSpanId));
        Assert.All(sends, send => Assert.Equal(connections == 1 ? [] : [test.Context], send.Links.Select(static link => link.Context)));
    }

    [Fact]
    public void A_send_to_a_connection_that_has_stopped_is_an_error()
    {
        var client = Open("/plain");
        client.SendClose();
        client.Socket.ExpectStopped();

        Traced(() => client.Connection.Tell(Ws.Send.Text("late") with { Ack = "taken" }, TestActor));
        ExpectMsg<Ws.SendFailed>();

        var span = _log.Single("send");
        Assert.Equal((_log.Single("test").SpanId, "closed"), (span.ParentSpanId, span.GetTagItem("error.type")));
    }

    [Fact]
    public void A_message_of_a_session_is_in_the_trace_of_its_connection()
    {
        var client = new SessionClient(_kit, "/session");
        client.Connect(headers: _log.Header);
        client.Socket.SendText("hello");
        client.ExpectWelcome();

        client.Send("ack");
        client.Expect("answer");
        client.Ack();
        ExpectMsg("taken");
        _kit.AwaitIdle();

        var received = _log.Single("receive /session");
        Assert.Equal(_log.Single("GET /session").SpanId, received.ParentSpanId);
        Assert.Equal(received.SpanId, _log.Single("send /session").ParentSpanId);
        Assert.Equal(3, _log.Ended.Count);
    }

    [Fact]
    public void A_client_sends_its_context_with_the_request()
    {
        var listener = _kit.Listen();
        Traced(() => _kit.Clients.Tell(
            new Ws.Connect("ws://192.0.2.1/feed", Handler.Ref) { Name = "feed", Source = listener.Ref }, TestActor));

        var request = listener.ExpectDial().Accept();
        ExpectMsg<Ws.Connected>();

        var span = _log.Single("GET");
        Assert.Equal((ActivityKind.Client, _log.Single("test").SpanId), (span.Kind, span.ParentSpanId));
        Assert.Equal($"00-{span.TraceId}-{span.SpanId}-01", request.Headers["traceparent"]);
        Assert.Equal(101, span.GetTagItem("http.response.status_code"));
        Assert.Equal("feed", span.GetTagItem("wsactors.client.name"));
    }

    [Fact]
    public void A_connection_of_another_trace_has_no_span_and_its_handler_no_activity()
    {
        var client = _kit.Connect("/work/ann", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        client.SendText("publish");
        client.SendText("ack");
        client.ExpectText("answer");
        ExpectMsg("taken");

        Assert.Empty(_log.Ended);
        Assert.Equal([null, null], _seen);
    }

    protected override void AfterAll()
    {
        _log.Dispose();
        base.AfterAll();
    }

    /// <summary>Runs code in the span "test" of the trace.</summary>
    private void Traced(Action code)
    {
        using var source = new ActivitySource(WebSocketTracing.SourceName);
        using var span = source.StartActivity("test", ActivityKind.Internal, _log.Parent);
        code();
    }

    private ClientProbe Open(string target)
    {
        var client = _kit.Connect(target, _log.Header);
        _kit.AwaitIdle();
        return client;
    }
}
