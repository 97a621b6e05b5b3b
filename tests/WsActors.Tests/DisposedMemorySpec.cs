using System.Buffers;
using Akka.Actor;
using Akka.Event;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// A handler sends memory that is gone when it leaves: the connection ends, its handler is told Closed once, and nothing of it is left.
/// </summary>
public sealed class DisposedMemorySpec : WebSocketSpec
{
    /// <summary>Each is too long to be encoded when it is queued, so that its memory is read when it is written.</summary>
    private static readonly Dictionary<string, Func<GoneMemory, Ws.Send>> Messages = new()
    {
        ["whole"] = static gone => Ws.Send.Binary(gone.Memory),
        ["prepared"] = static gone => Ws.Send.Prepared(PreparedMessage.Binary(gone.Memory)),
        ["streamed"] = static gone => Ws.Send.Stream(MessageKind.Binary, Parts(gone)),
    };

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var message in Messages.Keys)
            {
                cases.Add(message, false);
                cases.Add(message, true);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_shared_handler_is_told_Closed_once_and_the_client_1011(string message, bool isCompressed)
    {
        var kit = Serve(options => With(options, isCompressed));
        var client = Connect(kit, isCompressed);
        Handler.ExpectOpened();

        SendGone(kit, client, Messages[message]);

        client.ExpectClose(CloseCode.InternalError);
        client.SendClose(CloseCode.InternalError);
        Handler.ExpectClosed(CloseCode.InternalError);
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
        AssertNothingIsLeft(kit);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_child_handler_is_told_Closed_once_before_it_stops(string message, bool isCompressed)
    {
        var kit = ServeEach(Props.Create<LifecycleReporter>(TestActor), options => With(options, isCompressed));
        var client = Connect(kit, isCompressed);
        ExpectMsg("Opened");

        SendGone(kit, client, Messages[message]);

        client.ExpectClose(CloseCode.InternalError);
        client.SendClose(CloseCode.InternalError);
        ExpectMsg("Closed 1011 Local");
        ExpectMsg("stopped");
        client.Socket.ExpectStopped();
        ExpectNoMsg(TimeSpan.Zero);
        AssertNothingIsLeft(kit);
    }

    [Fact]
    public void Earlier_messages_arrive_and_senders_of_later_ones_are_told_of_their_failure()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        using var gone = new GoneMemory();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("in flight"));
        kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("before") with { Ack = "before" });
        Handler.Tell(Ws.Send.Binary(gone.Memory) with { Ack = "gone" });
        Handler.Tell(Ws.Send.Text("behind") with { Ack = "behind" });
        kit.AwaitIdle();
        gone.Leave();

        client.Socket.ResumeReading();

        client.ExpectText("in flight");
        client.ExpectText("before");
        client.ExpectClose(CloseCode.InternalError);
        Handler.ExpectSendFailed("gone", Ws.SendFailure.Closed);
        Handler.ExpectSendFailed("behind", Ws.SendFailure.Closed);
        Handler.ExpectAck("before");
        client.SendClose(CloseCode.InternalError);
        Handler.ExpectClosed(CloseCode.InternalError);
        client.Socket.ExpectStopped();
        AssertNothingIsLeft(kit);
    }

    [Fact]
    public void The_failure_is_logged_once_a_minute_with_its_route()
    {
        var kit = Serve();
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        for (var i = 0; i < 3; i++)
        {
            var client = kit.Connect();
            SendGone(kit, client, Messages["whole"]);
            client.ExpectClose(CloseCode.InternalError);
            client.SendClose(CloseCode.InternalError);
            client.Socket.ExpectStopped();
        }

        Assert.Contains("a connection of /", $"{ExpectMsg<Error>().Message}", StringComparison.Ordinal);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_message_whose_memory_is_freed_during_its_write_ends_in_a_reset()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        using var gone = new GoneMemory(300_000);
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(gone.Memory));
        kit.AwaitIdle();
        gone.Leave();

        client.Socket.ResumeReading();

        client.Socket.ExpectReset();
        Handler.ExpectClosed(CloseCode.InternalError);
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
        AssertNothingIsLeft(kit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_connection_closes_with_1011_and_its_handler_is_told_Closed_once(bool reconnects)
    {
        var kit = new WebSocketTestKit(this);
        var listener = kit.Listen();
        kit.Clients.Tell(
            new Ws.Connect("ws://192.0.2.1:8080/", Props.Create<LifecycleReporter>(TestActor))
            {
                Source = listener.Ref,
                Configure = options => options with { Reconnect = options.Reconnect with { Enabled = reconnects } },
            },
            ActorRefs.NoSender);
        var server = listener.ExpectConnect();
        ExpectMsg("Opened");
        using var gone = new GoneMemory();
        server.Socket.StopReading();
        server.Connection.Tell(Ws.Send.Text("in flight"), TestActor);
        kit.AwaitIdle();
        server.Connection.Tell(Ws.Send.Binary(gone.Memory), TestActor);
        kit.AwaitIdle();
        gone.Leave();

        server.Socket.ResumeReading();

        server.ExpectText("in flight");
        server.ExpectClose(CloseCode.InternalError);
        server.SendClose(CloseCode.InternalError);
        server.Socket.HalfClose();
        ExpectMsg("Closed 1011 Local");
        if (!reconnects)
        {
            ExpectMsg("stopped");
        }

        ExpectNoMsg(TimeSpan.Zero);
    }

    private static EndpointOptions With(EndpointOptions options, bool isCompressed) =>
        isCompressed ? options with { Compression = options.Compression with { Mode = MessageCompression.Shared } } : options;

    private static ClientProbe Connect(WebSocketTestKit kit, bool isCompressed) =>
        isCompressed ? kit.Connect("/", "Sec-WebSocket-Extensions: permessage-deflate") : kit.Connect();

    private void SendGone(WebSocketTestKit kit, ClientProbe client, Func<GoneMemory, Ws.Send> message)
    {
        using var gone = new GoneMemory();
        client.Socket.StopReading();
        client.Connection.Tell(Ws.Send.Text("in flight"), Handler.Ref);
        kit.AwaitIdle();
        client.Connection.Tell(message(gone), Handler.Ref);
        kit.AwaitIdle();
        gone.Leave();
        client.Socket.ResumeReading();
        client.ExpectText("in flight");
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Parts(GoneMemory gone)
    {
        yield return gone.Memory;
        await Task.CompletedTask;
    }
}

/// <summary>Memory that its owner takes away.</summary>
internal sealed class GoneMemory(int bytes = 8192) : MemoryManager<byte>
{
    private byte[]? _bytes = new byte[bytes];

    public void Leave() => _bytes = null;

    public override Memory<byte> Memory => CreateMemory(bytes);

    public override Span<byte> GetSpan() => _bytes ?? throw new ObjectDisposedException(nameof(GoneMemory));

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => Leave();
}
