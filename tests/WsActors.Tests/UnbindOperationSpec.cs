using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>However a connection ends, its handler is told Closed once, and nothing of it is left.</summary>
public sealed class UnbindOperationSpec : WebSocketSpec
{
    private sealed record Way(int Code, Ws.Side By, Action<UnbindOperationSpec, WebSocketTestKit, ClientProbe> End);

    private static readonly Dictionary<string, Way> Ways = new()
    {
        ["close of the peer"] = new(1000, Ws.Side.Peer, static (_, _, client) => client.SendClose()),
        ["empty close of the peer"] = new(1005, Ws.Side.Peer, static (_, _, client) => client.SendClose(code: null)),
        ["close of the handler"] = new(4001, Ws.Side.Local, static (spec, _, client) =>
        {
            client.Connection.Tell(new Ws.Close(4001), spec.TestActor);
            client.ExpectClose(4001);
            client.SendClose(4001);
        }),
        ["close that nobody answers"] = new(4001, Ws.Side.Local, static (spec, kit, client) =>
        {
            client.Connection.Tell(new Ws.Close(4001), spec.TestActor);
            kit.Advance(Seconds(5));
        }),
        ["close of both at once"] = new(4001, Ws.Side.Local, static (spec, _, client) =>
        {
            client.Connection.Tell(new Ws.Close(4001), spec.TestActor);
            client.SendClose();
        }),
        ["reset"] = new(1006, Ws.Side.Peer, static (_, _, client) => client.Socket.Reset()),
        ["reset in the middle of a frame"] = new(1006, Ws.Side.Peer, static (_, _, client) =>
        {
            client.Send([0x81, 0x85, 0, 0]);
            client.Socket.Reset();
        }),
        ["reset while a write is in flight"] = new(1006, Ws.Side.Peer, static (spec, kit, client) =>
        {
            client.Socket.StopReading();
            client.Connection.Tell(Ws.Send.Binary(new byte[300_000]), spec.TestActor);
            kit.AwaitIdle();
            client.Socket.Reset();
        }),
        ["half-close"] = new(1006, Ws.Side.Peer, static (_, _, client) => client.Socket.HalfClose()),
        ["half-close, then reset"] = new(1006, Ws.Side.Peer, static (_, kit, client) =>
        {
            client.Socket.AnswersClose = false;
            client.Socket.HalfClose();
            kit.AwaitIdle();
            client.Socket.Reset();
        }),
        ["violation"] = new(1002, Ws.Side.Local, static (_, _, client) => client.Send([0xFF])),
        ["violation after our close"] = new(4001, Ws.Side.Local, static (spec, _, client) =>
        {
            client.Connection.Tell(new Ws.Close(4001), spec.TestActor);
            client.Send([0xFF]);
        }),
        ["silent peer"] = new(1006, Ws.Side.Peer, static (_, kit, _) => kit.Advance(Seconds(45))),
        ["peer that does not read"] = new(1006, Ws.Side.Peer, static (spec, kit, client) =>
        {
            client.Socket.StopReading();
            client.Connection.Tell(Ws.Send.Text("unread"), spec.TestActor);
            kit.Advance(Seconds(30));
        }),
        ["overflow"] = new(1013, Ws.Side.Local, static (spec, kit, client) =>
        {
            client.Socket.StopReading();
            client.Connection.Tell(Ws.Send.Binary(new byte[1024 * 1024]), spec.TestActor);
            client.Connection.Tell(Ws.Send.Text("too much"), spec.TestActor);
            kit.Advance(Seconds(60));
        }),
        ["unbind"] = new(1001, Ws.Side.Local, static (_, kit, client) =>
        {
            kit.Manager.Tell(new Ws.Unbind(new IPEndPoint(IPAddress.Loopback, 8080)), ActorRefs.Nobody);
            client.ExpectClose(1001);
            client.SendClose(1001);
        }),
        ["failure of the connection"] = new(
            1011, Ws.Side.Local, static (spec, _, client) => client.Connection.Tell(Kill.Instance, spec.TestActor)),
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shared_handler_is_told_Closed_once(string way)
    {
        var (code, by, end) = Ways[way];
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();

        end(this, kit, client);

        Assert.Equal(by, Handler.ExpectClosed(code).By);
        client.Socket.ExpectStopped();
        kit.Advance(Seconds(60));
        Handler.ExpectNothing();
        AssertNothingIsLeft(kit);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_child_handler_is_told_Closed_once_before_it_stops(string way)
    {
        var (code, by, end) = Ways[way];
        var kit = ServeEach(Props.Create<LifecycleReporter>(TestActor));
        var client = kit.Connect();
        ExpectMsg("Opened");

        end(this, kit, client);

        // A failed connection stops its child: a message to the child may come too late, never twice.
        if (way != "failure of the connection")
        {
            ExpectMsg($"Closed {code} {by}");
        }

        ExpectMsg("stopped");
        client.Socket.ExpectStopped();
        kit.Advance(Seconds(60));
        ExpectNoMsg(TimeSpan.Zero);
        AssertNothingIsLeft(kit);
    }

    [Fact]
    public void A_handler_that_stops_itself_is_not_told_Closed()
    {
        var kit = ServeEach(Props.Create<LifecycleReporter>(TestActor));
        var client = kit.Connect();
        ExpectMsg("Opened");

        client.SendText("stop");
        ExpectMsg("stopped");
        client.ExpectClose(CloseCode.Normal);
        client.SendClose();

        client.Socket.ExpectStopped();
        ExpectNoMsg(TimeSpan.Zero);
        AssertNothingIsLeft(kit);
    }

    [Fact]
    public void Each_of_many_handlers_is_told_Closed_after_all_earlier_messages()
    {
        var log = new ConcurrentDictionary<IActorRef, ConcurrentQueue<string>>();
        var kit = ServeEach(Props.Create<Recorder>(log));
        var clients = Enumerable.Range(0, 100).Select(_ => kit.Connect()).ToList();

        clients.ForEach(static client =>
        {
            client.Send([.. Enumerable.Range(0, 5).SelectMany(static i => ClientProbe.Frame(Opcode.Text, [(byte)('0' + i)]))]);
            client.Socket.Reset();
        });

        clients.ForEach(static client => client.Socket.ExpectStopped());
        Assert.Equal(100, log.Count);
        Assert.All(log.Values, static events => Assert.Equal("Opened 0 1 2 3 4 Closed", string.Join(' ', events)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HT")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n")]
    public void A_connection_that_never_opened_is_not_told_Closed(string begun)
    {
        var kit = Serve();
        foreach (var end in new Action<ClientProbe>[] { static c => c.Socket.Reset(), static c => c.Socket.HalfClose() })
        {
            var client = kit.Dial();
            client.Send(Encoding.ASCII.GetBytes(begun));

            end(client);

            client.Socket.ExpectStopped();
        }

        Handler.ExpectNothing();
        AssertNothingIsLeft(kit);
    }

    private sealed class Recorder(ConcurrentDictionary<IActorRef, ConcurrentQueue<string>> log) : UntypedActor
    {
        protected override void OnReceive(object message) =>
            log.GetOrAdd(Self, static _ => []).Enqueue(message is Ws.Received received ? received.Text : message.GetType().Name);
    }
}
