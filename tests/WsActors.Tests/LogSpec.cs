using System.Net;
using System.Text;
using Akka.Actor;
using Akka.Event;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The content of the log, and secrets that never reach it. Every line is checked, at the debug level.</summary>
public sealed class LogSpec : WebSocketSpec
{
    private const string Secret = "s3cret";

    private const string Request = $"GET /?token={Secret} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static readonly string[] Planted =
        [$"Cookie: session={Secret}", $"Authorization: Bearer {Secret}", $"Sec-WebSocket-Protocol: chat, {Secret}"];

    public LogSpec()
        : base("""
            akka.loglevel = DEBUG
            akka.actor.debug { receive = on, autoreceive = on, lifecycle = on, event-stream = on, unhandled = on }
            akka.log-dead-letters = on
            ws-actors.log.max-refusals-a-minute = 3
            """) => Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));

    [Fact]
    public void No_secret_of_an_open_connection_reaches_the_log()
    {
        var kit = ServeEach(Props.Create<Echo>());
        var client = kit.Connect($"/?token={Secret}", Planted);

        client.SendText(Secret);
        client.ExpectText(Secret);
        client.SendText("fail");
        client.SendClose(4001, Secret);

        client.ExpectClose(4001);
        client.Socket.ExpectStopped();
        ExpectNoSecret();
    }

    [Theory]
    [InlineData("/nowhere?token=s3cret", 404)]
    [InlineData("/s3cret", 404)]
    [InlineData("/closed?token=s3cret", 401)]
    [InlineData("/throws?token=s3cret", 500)]
    [InlineData("/foreign?token=s3cret", 403, "Origin: https://evil.org")]
    [InlineData("/?token=s3cret", 400, "Sec-WebSocket-Version: 13")]
    public void No_secret_of_a_refused_request_reaches_the_log(string target, int status, params string[] headers)
    {
        var kit = Serve(RouteTable.Empty
            .MapShared("/", Handler.Ref)
            .MapShared("/foreign", Handler.Ref)
            .MapShared(
                "/closed",
                Handler.Ref,
                new WebSocketRouteOptions { Guard = static (_, _) => Task.FromResult(GuardDecision.Reject(401, "no")) })
            .MapShared(
                "/throws",
                Handler.Ref,
                new WebSocketRouteOptions { Guard = static (_, _) => throw new InvalidOperationException("away") }));
        var client = kit.Dial();

        client.RequestUpgrade(target, [.. Planted, .. headers]);

        client.ExpectResponse(status);
        client.Socket.ExpectStopped();
        ExpectNoSecret();
    }

    [Fact]
    public void No_secret_of_a_violation_reaches_the_log()
    {
        var client = Serve().Connect();

        client.Send([0x81, 0x86 & 0x7F, .. "s3cret"u8]);

        client.ExpectClose(CloseCode.ProtocolError);
        client.Socket.ExpectStopped();
        ExpectNoSecret();
    }

    [Fact]
    public void No_message_to_a_handler_that_has_stopped_reaches_the_log()
    {
        var kit = Serve();
        Watch(Handler.Ref);
        Handler.Stop(Sys);
        FishForMessage(static message => message is Terminated);
        var client = kit.Dial();

        // In one chunk with its request, a message is told before the connection knows that the handler has stopped.
        client.Send([.. Encoding.ASCII.GetBytes(Request), .. ClientProbe.Frame(Opcode.Text, Encoding.ASCII.GetBytes(Secret))]);

        client.ExpectUpgrade();
        client.ExpectClose(CloseCode.InternalError);
        ExpectNoSecret();
    }

    [Fact]
    public void No_message_that_a_handler_does_not_handle_reaches_the_log()
    {
        var kit = ServeEach(Props.Create<Deaf>());
        var client = kit.Connect($"/?token={Secret}", Planted);

        client.SendText(Secret);
        client.SendClose(4001, Secret);

        client.Socket.ExpectStopped();
        ExpectNoSecret();
    }

    [Fact]
    public void No_message_to_a_connection_that_closes_or_has_stopped_reaches_the_log()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();
        Handler.Tell(new Ws.Close(4001));
        Handler.Tell(Ws.Send.Text(Secret));
        Handler.Tell(new Ws.Close(4001, Secret));
        client.ExpectClose(4001);
        client.SendClose();
        client.Socket.ExpectStopped();

        client.Connection.Tell(Ws.Send.Text(Secret), ActorRefs.NoSender);
        client.Connection.Tell(new Ws.Close(4001, Secret), ActorRefs.NoSender);

        ExpectNoSecret();
    }

    [Fact]
    public void Refusals_are_limited_warnings_a_minute_and_one_line_for_the_rest()
    {
        var kit = Serve();
        Refuse(kit, 5);

        Assert.Equal(3, Warnings().Count(static line => line.Contains("with 404", StringComparison.Ordinal)));

        kit.Advance(Seconds(59.5));
        Assert.Empty(Warnings());
        kit.Advance(Seconds(0.5));
        Assert.Contains("2 more refusals", Assert.Single(Warnings()), StringComparison.Ordinal);

        Refuse(kit, 1);
        Assert.Single(Warnings());
    }

    [Fact]
    public void Silent_sockets_are_not_logged_and_suppress_no_refusal()
    {
        var kit = Serve();
        for (var probe = 0; probe < 10; probe++)
        {
            kit.Dial();
        }

        kit.Advance(Seconds(10));
        Refuse(kit, 3);

        Assert.Equal(3, Warnings().Length);
    }

    [Fact]
    public void A_refusal_names_endpoint_client_status_and_reason()
    {
        var kit = Serve();

        Refuse(kit, 1);

        var line = Assert.Single(Warnings());
        Assert.Contains("ws://127.0.0.1:8080 refused 127.0.0.1 with 404: Nothing is served at this path.", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_past_the_accept_rate_is_logged_once_with_or_without_a_request()
    {
        var kit = Serve(static options => options with { MaxAcceptsPerSecond = 1 });
        kit.Dial();

        kit.Dial(IPAddress.Parse("203.0.113.7")).RequestUpgrade();
        kit.AwaitIdle();

        Assert.Contains(
            "refused 203.0.113.7 with 503: The server takes no more connections", Assert.Single(Warnings()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_behind_a_trusted_proxy_names_the_client_not_the_proxy()
    {
        var client = Serve(static options => options with { TrustedProxies = ["127.0.0.1"] }).Dial();

        client.RequestUpgrade("/nothing", "X-Forwarded-For: 203.0.113.7");

        client.ExpectResponse(404);
        Assert.Contains("refused 203.0.113.7 with 404", Assert.Single(Warnings()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_origin_with_terminal_controls_is_logged_escaped()
    {
        var client = Serve().Dial();

        client.RequestUpgrade("/", "Origin: http://a\u009b2Jb");

        client.ExpectResponse(403);
        Assert.Contains("Origin http://a?2Jb is not", Assert.Single(Warnings()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_system_termination_is_logged_as_information()
    {
        var kit = Serve();
        kit.Connect();

        kit.Manager.Tell(new Ws.Drain(), ActorRefs.NoSender);
        kit.AwaitIdle();

        Assert.Contains(
            Lines(),
            static line => line is Info && line.ToString().Contains("Draining: 1 connections, then 1 endpoints", StringComparison.Ordinal));
    }

    [Fact]
    public void Bind_and_unbind_are_logged_as_information_and_connections_as_debug()
    {
        var kit = Serve();
        var client = kit.Connect();
        client.SendClose();
        client.Socket.ExpectStopped();

        kit.Manager.Tell(new Ws.Unbind(new IPEndPoint(IPAddress.Loopback, 8080)), ActorRefs.NoSender);
        kit.AwaitIdle();

        var lines = Lines();
        Assert.Contains(
            lines, static line => line is Info && line.ToString().Contains("Listening on ws://127.0.0.1:8080", StringComparison.Ordinal));
        Assert.Contains(
            lines,
            static line =>
                line is Info
                    && line.ToString()
                        .Contains("ws://127.0.0.1:8080, bound to 127.0.0.1:8080, no longer listens", StringComparison.Ordinal));
        Assert.Contains(
            lines, static line => line is Debug && line.ToString().Contains("opened on ws://127.0.0.1:8080 /", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line is Debug && line.ToString().Contains("closed with 1000", StringComparison.Ordinal));
    }

    private static void Refuse(WebSocketTestKit kit, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var client = kit.Dial();
            client.RequestUpgrade("/nowhere");
            client.ExpectResponse(404);
            client.Socket.ExpectStopped();
        }
    }

    private string[] Warnings() => [.. Lines().OfType<Warning>().Select(static line => line.ToString())];

    private LogEvent[] Lines()
    {
        // Refusals, dead letters and unhandled messages are logged by actors: before they answer, they have logged earlier messages.
        var lines = new List<LogEvent>();
        foreach (var logger in new[] { "websockets", "deadLetterListener", "UnhandledMessageForwarder" })
        {
            Sys.ActorSelection($"/system/{logger}").Tell(new Identify(logger), TestActor);
            FishForMessage(message =>
            {
                lines.AddRange(new[] { message }.OfType<LogEvent>());
                return message is ActorIdentity { Subject: not null };
            });
        }

        return [.. lines];
    }

    private void ExpectNoSecret()
    {
        var lines = Lines();
        Assert.NotEmpty(lines);
        Assert.All(lines, static line => Assert.DoesNotContain(Secret, line.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    private sealed class Deaf : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
