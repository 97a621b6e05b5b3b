using Akka.Actor;
using Akka.Event;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Tests.Sessions;

namespace WsActors.Tests;

/// <summary>The log of unhandled events of a handler, and of unknown messages to a connection.</summary>
public sealed class UnwantedMessageSpec : WebSocketSpec
{
    public UnwantedMessageSpec()
        : base("""
            akka.loglevel = INFO
            akka.log-dead-letters = on
            """) => Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));

    [Fact]
    public void Unhandled_events_are_not_logged()
    {
        var kit = ServeEach(Props.Create<Deaf>(), static options => options with
        {
            SendQueue = options.SendQueue with { CongestedAboveBytes = 100, WritableBelowBytes = 50 },
        });
        var client = kit.Connect();
        client.Connection.Tell(new Ws.Join("tea"), Handler.Ref);
        client.Socket.StopReading();
        client.Connection.Tell(Ws.Send.Binary(new byte[1000]), Handler.Ref);
        kit.AwaitIdle();
        client.Socket.ResumeReading();
        client.ExpectBinary();
        client.SendClose();

        client.Socket.ExpectStopped();

        Assert.Empty(Lines());
    }

    [Fact]
    public void Unhandled_events_of_a_session_are_not_logged()
    {
        var kit = Serve(RouteTable.Empty.Map("/", static _ => Props.Create<Deaf>(), new WebSocketRouteOptions { Sessions = true }));
        var client = SessionClient.Begin(kit);
        client.Socket.Socket.Reset();
        Assert.Equal("true", client.Resume());

        client.Socket.SendClose();
        client.Socket.Socket.ExpectStopped();

        Assert.Empty(Lines());
    }

    [Fact]
    public void An_unhandled_message_is_logged_without_its_payload()
    {
        var kit = ServeEach(Props.Create<Deaf>());
        var client = kit.Connect();

        client.SendText("s3cret");
        kit.AwaitIdle();

        var line = Assert.Single(Lines());
        Assert.Contains("Received", line, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_message_is_a_warning_with_its_type_once_a_minute()
    {
        var kit = Serve(static options => options with { KeepAlive = options.KeepAlive with { PingInterval = null } });
        var client = kit.Connect();

        ExpectWarnings(kit, client.Connection);
    }

    [Fact]
    public async Task An_unknown_message_to_a_session_is_a_warning_with_its_type()
    {
        var kit = Serve(RouteTable.Empty.Map("/", static _ => Props.Create<Deaf>(), new WebSocketRouteOptions { Sessions = true }));
        SessionClient.Begin(kit);

        ExpectWarnings(kit, await Sys.ActorSelection("/system/websocket-sessions/*").ResolveOne(Seconds(3)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void An_unknown_message_to_a_client_is_a_warning_with_its_type(bool reconnects, bool keepsSession)
    {
        var kit = new WebSocketTestKit(this);
        var listener = kit.Listen();
        kit.Clients.Tell(
            new Ws.Connect("ws://192.0.2.1:8080/", Handler.Ref)
            {
                Source = listener.Ref,
                Configure = options => options with
                {
                    Reconnect = options.Reconnect with { Enabled = reconnects },
                    Session = options.Session with { Enabled = keepsSession },
                    KeepAlive = options.KeepAlive with { PingInterval = null },
                },
            },
            TestActor);
        if (keepsSession)
        {
            var server = listener.ExpectConnect("Sec-WebSocket-Protocol: wsactors.session.v1");
            server.ExpectText("hello");
            server.SendText("welcome token epoch new 0");
        }
        else
        {
            listener.ExpectConnect();
        }

        ExpectWarnings(kit, Handler.ExpectOpened().Connection);
    }

    private void ExpectWarnings(WebSocketTestKit kit, IActorRef connection)
    {
        for (var i = 0; i < 10; i++)
        {
            connection.Tell("s3cret", TestActor);
        }

        kit.AwaitIdle();
        var line = Assert.Single(Lines());
        Assert.Contains("System.String", line, StringComparison.Ordinal);
        Assert.Contains("Ws.Send.Text", line, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", line, StringComparison.Ordinal);

        kit.Advance(Seconds(61));
        connection.Tell(7, TestActor);
        kit.AwaitIdle();
        Assert.Contains(
            Lines(),
            static next => next.Contains("System.Int32", StringComparison.Ordinal) && next.Contains("9 more", StringComparison.Ordinal));
    }

    /// <summary>The logged unwanted messages since the last call, and all warnings.</summary>
    private string[] Lines()
    {
        // Dead letters and unhandled messages are logged by an actor: before it answers, it has logged earlier messages.
        Sys.ActorSelection("/system/deadLetterListener").Tell(new Identify("all"), TestActor);
        var lines = new List<string>();
        FishForMessage(message =>
        {
            lines.AddRange(new[] { message }.OfType<LogEvent>().Where(IsOfMessage).Select(static line => line.ToString()));
            return message is ActorIdentity { Subject: not null };
        });
        return [.. lines];
    }

    private static bool IsOfMessage(LogEvent line) =>
        line is Warning or Error || line.ToString().Contains("dead letters", StringComparison.Ordinal);

    private sealed class Deaf : ReceiveActor;
}
