using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>Messages before the peer's close frame are answered before our close frame, in spite of the handler's mailbox.</summary>
public sealed class LastAnswerSpec : WebSocketSpec
{
    private static readonly byte[] Text = ClientProbe.Frame(Opcode.Text, "before"u8.ToArray());

    private static readonly byte[] Close = ClientProbe.Frame(Opcode.Close, [0x0F, 0xA1]);

    private static readonly byte[] ReservedBit = [0xF1, 0x80, 0, 0, 0, 0];

    public static TheoryData<byte[], int> LastFrames => new() { { Close, 4001 }, { ReservedBit, 1002 } };

    [Theory]
    [MemberData(nameof(LastFrames))]
    public void Echoes_of_earlier_messages_are_sent_before_the_close_frame(byte[] last, int code)
    {
        var client = ServeEach(Props.Create<Echo>()).Connect();

        client.Send([.. Text, .. Text, .. last, .. Text]);

        client.ExpectText("before");
        client.ExpectText("before");
        client.ExpectClose(code);
        client.ExpectEnd();
    }

    [Theory]
    [MemberData(nameof(LastFrames))]
    public void Later_messages_are_discarded_and_a_close_of_the_handler_has_no_effect(byte[] last, int code)
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.Send([.. Text, .. last], Text);
        Handler.ExpectText("before");
        Handler.Tell(new Ws.Close(4002));

        client.ExpectClose(code);
        Handler.ExpectClosed(code);
        client.ExpectEnd();
    }

    [Theory]
    [MemberData(nameof(LastFrames))]
    public void A_half_close_behind_the_last_frame_changes_nothing(byte[] last, int code)
    {
        using var gate = new ManualResetEventSlim();
        var kit = Serve(RouteTable.Empty.MapShared("/", Sys.ActorOf(Props.Create<Busy>(gate))));
        var client = kit.Connect();

        client.Send([.. Text, .. last]);
        client.Socket.HalfClose();
        client.ExpectNothing();
        gate.Set();

        client.ExpectClose(code);
        client.ExpectEnd();
    }

    [Theory]
    [MemberData(nameof(LastFrames))]
    public void A_blocked_handler_delays_the_close_frame_by_5_seconds(byte[] last, int code)
    {
        using var gate = new ManualResetEventSlim();
        var kit = Serve(RouteTable.Empty.MapShared("/", Sys.ActorOf(Props.Create<Busy>(gate))));
        var client = kit.Connect();
        client.Send([.. Text, .. last]);

        kit.Advance(Seconds(4.5));
        client.ExpectNothing();
        kit.Advance(Seconds(0.5));

        client.ExpectClose(code);
        client.ExpectEnd();
        gate.Set();
    }

    private sealed class Busy(ManualResetEventSlim gate) : UntypedActor
    {
        protected override void OnReceive(object message) => gate.Wait();
    }
}
