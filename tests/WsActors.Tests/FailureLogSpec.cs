using Akka.Actor;
using Akka.Event;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// Code of the user's that fails is logged with its route, the cause and the cure; once a minute for each route, however often a peer makes
/// it fail, and without a character that could forge a line.
/// </summary>
public sealed class FailureLogSpec : WebSocketSpec
{
    /// <summary>A path with a line feed, the beginning of an Akka log line, and an escape sequence.</summary>
    private const string Forged = "1%0A%5BINFO%5D%20All%20is%20well%0D%1B%5B2J%C2%9B%E2%80%AE";

    private static readonly Task<GuardDecision> Accepted = Task.FromResult(GuardDecision.Accept());

    private readonly ManualResetEventSlim _asked = new();

    private readonly WebSocketTestKit _kit;

    public FailureLogSpec()
        : base("ws-actors.log.max-refusals-a-minute = 3")
    {
        _kit = Serve(RouteTable.Empty
            .Map(
                "/throws/{x}",
                Props.Create<Echo>(),
                Guarded(static request => throw new InvalidOperationException($"no {request.RouteValues["x"]}")))
            .Map(
                "/fails/{x}",
                Props.Create<Echo>(),
                Guarded(static request => Task.FromException<GuardDecision>(new TimeoutException(request.RouteValues["x"]))))
            .Map("/none/{x}", Props.Create<Echo>(), Guarded(static _ => null!))
            .Map("/null/{x}", Props.Create<Echo>(), Guarded(static _ => Task.FromResult<GuardDecision>(null!)))
            .Map(
                "/stranger/{x}",
                Props.Create<Echo>(),
                Guarded(static _ => Task.FromResult<GuardDecision>(new GuardDecision.Accepted { Subprotocol = "v9" })))
            .Map("/props-throw/{x}", static request => throw new FormatException(request.RouteValues["x"]))
            .Map("/no-props/{x}", static _ => null!, Guarded(static _ => Accepted))
            .Map("/no-dispatcher/{x}", Props.Create<Echo>().WithDispatcher("nowhere"))
            .Map("/slow", Props.Create<Echo>(), Guarded(_ =>
            {
                _asked.Set();
                return new TaskCompletionSource<GuardDecision>().Task;
            }))
            .Map("/handler", Props.Create<Quoting>())
            .Map("/stillborn", Props.Create<Stillborn>())
            .Get("/page-throws/{x}", static (request, _) => throw new FormatException(request.Path))
            .Get("/page-none/{x}", static (_, _) => null!)
            .Get("/page-null/{x}", static (_, _) => Task.FromResult<PlainResponse>(null!)));
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
    }

    [Theory]
    [InlineData("/throws/{x}", "the guard of /throws/{x} failed: System.InvalidOperationException: no 1")]
    [InlineData("/fails/{x}", "the guard of /fails/{x} failed: System.TimeoutException: 1")]
    [InlineData("/none/{x}", "the guard of /none/{x} returned null instead of a task; return GuardDecision.Accept()")]
    [InlineData("/null/{x}", "the guard of /null/{x} returned a task of null; return GuardDecision.Accept()")]
    [InlineData("/stranger/{x}", "the guard of /stranger/{x} accepted with a subprotocol that the client did not offer; choose one")]
    [InlineData("/props-throw/{x}", "the delegate that makes the handler's Props of /props-throw/{x} failed: System.FormatException: 1")]
    [InlineData("/no-props/{x}", "the delegate that makes the handler's Props of /no-props/{x} returned null; return Props")]
    [InlineData(
        "/no-dispatcher/{x}",
        "the start of the handler of /no-dispatcher/{x} failed: Akka.Configuration.ConfigurationException: Dispatcher [nowhere] not "
            + "configured")]
    [InlineData("/page-throws/{x}", "the HTTP delegate of /page-throws/{x} failed: System.FormatException: /page-throws/1")]
    [InlineData("/page-none/{x}", "the HTTP delegate of /page-none/{x} returned null instead of a task; return a PlainResponse")]
    [InlineData("/page-null/{x}", "the HTTP delegate of /page-null/{x} returned a task of null; return a PlainResponse")]
    public void A_failure_names_endpoint_route_cause_and_cure_on_one_line_and_is_answered_500(string route, string sentence)
    {
        Fail(route);

        var line = Assert.Single(Logged<Error>());
        Assert.Contains($"ws://127.0.0.1:8080: {sentence}", line.ToString(), StringComparison.Ordinal);
        AssertUnforged(line);
    }

    [Theory]
    [InlineData("/throws/{x}")]
    [InlineData("/props-throw/{x}")]
    [InlineData("/no-dispatcher/{x}")]
    [InlineData("/page-throws/{x}")]
    public void Repeated_failures_are_logged_as_one_error_and_one_count_a_minute(string route)
    {
        for (var i = 0; i < 20; i++)
        {
            Fail(route);
        }

        var lines = Logged<LogEvent>();
        Assert.Single(lines.OfType<Error>());
        Assert.Equal(3, lines.Count(static line => line is Warning && line.ToString().Contains("with 500", StringComparison.Ordinal)));

        _kit.Advance(Seconds(60));
        Assert.Contains(Logged<Warning>(), line => line.ToString().Contains($"of {route} failed 19 more times", StringComparison.Ordinal));
        Fail(route);
        Assert.Single(Logged<Error>());
    }

    [Fact]
    public void A_failure_of_one_route_does_not_suppress_that_of_another()
    {
        Fail("/throws/{x}");
        Fail("/throws/{x}");
        Fail("/fails/{x}");

        Assert.Equal(2, Logged<Error>().Count);
    }

    [Fact]
    public void Failing_handlers_are_logged_once_a_minute_for_all_connections_of_a_route()
    {
        for (var i = 0; i < 3; i++)
        {
            var client = _kit.Connect("/handler");
            client.SendText("1\n[INFO] All is well");
            client.SendText("again");
            client.SendText("ping");
            client.ExpectText("pong");
        }

        var line = Assert.Single(Logged<Error>());
        Assert.Contains(
            "ws://127.0.0.1:8080: the handler of /handler failed, and is restarted: System.InvalidOperationException: 1",
            line.ToString(),
            StringComparison.Ordinal);
        Assert.Contains(nameof(Quoting), line.ToString(), StringComparison.Ordinal); // Of its stack.
        AssertUnforged(line);
        _kit.Advance(Seconds(60));
        Assert.Contains(
            Logged<Warning>(),
            static line => line.ToString().Contains("the handler of /handler failed 5 more times", StringComparison.Ordinal));
    }

    [Fact]
    public void A_handler_that_cannot_be_created_is_logged_with_its_constructors_exception()
    {
        _kit.Connect("/stillborn").ExpectClose(1011);

        Assert.Contains(
            "the handler of /stillborn failed, and is stopped: System.InvalidOperationException: never made",
            Assert.Single(Logged<Error>()).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_guard_timeout_is_logged_with_its_route_and_the_keys()
    {
        var client = _kit.Dial();
        client.RequestUpgrade("/slow");
        _asked.Wait();

        _kit.Advance(Seconds(5));

        client.ExpectResponse(503);
        var line = Assert.Single(Logged<Error>()).ToString();
        Assert.Contains("the guard or delegate of /slow has not answered within ws-actors.guard.timeout", line, StringComparison.Ordinal);
        Assert.Contains("1 of its calls have not ended, 0 wait", line, StringComparison.Ordinal);
        Assert.Contains("ws-actors.guard.max-running", line, StringComparison.Ordinal);
    }

    private static WebSocketRouteOptions Guarded(Func<UpgradeRequest, Task<GuardDecision>> guard) =>
        new() { Guard = (request, _) => guard(request) };

    private void Fail(string route)
    {
        var client = _kit.Dial();
        client.RequestUpgrade(route.Replace("{x}", Forged, StringComparison.Ordinal));
        client.ExpectResponse(500);
        client.Socket.ExpectStopped();
    }

    /// <summary>The log so far.</summary>
    private List<T> Logged<T>()
        where T : LogEvent
    {
        _kit.AwaitIdle();
        var lines = new List<T>();
        while (ReceiveOne(TimeSpan.Zero) is { } message)
        {
            lines.AddRange(new[] { message }.OfType<T>());
        }

        return lines;
    }

    /// <summary>No character of the peer starts a line, or controls a terminal.</summary>
    private static void AssertUnforged(LogEvent line)
    {
        var text = line.ToString();
        Assert.DoesNotContain("\n[INFO]", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u009b', text);
        Assert.DoesNotContain('\u202e', text);
        Assert.DoesNotContain("\n[INFO]", line.Cause?.ToString() ?? "", StringComparison.Ordinal);
    }

    private sealed class Quoting : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received { Text: var text })
            {
                if (text != "ping")
                {
                    throw new InvalidOperationException(text);
                }

                Sender.Tell(Ws.Send.Text("pong"));
            }
        }
    }

    private sealed class Stillborn : UntypedActor
    {
        public Stillborn() => throw new InvalidOperationException("never made");

        protected override void OnReceive(object message)
        {
        }
    }
}
