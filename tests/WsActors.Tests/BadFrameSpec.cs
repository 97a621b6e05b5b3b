using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A frame that breaks a rule closes its own connection with the code of the rule, and no other.</summary>
public sealed class BadFrameSpec : WebSocketSpec
{
    private const byte Masked = 0x80;
    private const byte Fin = 0x80;

    [Theory]
    [InlineData("a reserved bit", new byte[] { 0xC1, Masked, 0, 0, 0, 0 })]
    [InlineData("a reserved opcode", new byte[] { 0x83, Masked, 0, 0, 0, 0 })]
    [InlineData("a reserved control opcode", new byte[] { 0x8B, Masked, 0, 0, 0, 0 })]
    [InlineData("a fragmented ping", new byte[] { 0x09, Masked, 0, 0, 0, 0 })]
    [InlineData("a ping of 126 bytes", new byte[] { 0x89, Masked | 126, 0, 126 })]
    [InlineData("a length that takes too many bytes", new byte[] { 0x82, Masked | 126, 0, 125, 0, 0, 0, 0 })]
    [InlineData("a continuation of nothing", new byte[] { 0x80, Masked, 0, 0, 0, 0 })]
    [InlineData("a message within a message", new byte[] { 0x01, Masked, 0, 0, 0, 0, 0x81, Masked, 0, 0, 0, 0 })]
    [InlineData("a close of one byte", new byte[] { 0x88, Masked | 1, 0, 0, 0, 0, 3 })]
    [InlineData("a close with 1005", new byte[] { 0x88, Masked | 2, 0, 0, 0, 0, 0x03, 0xED })]
    [InlineData("a close with 999", new byte[] { 0x88, Masked | 2, 0, 0, 0, 0, 0x03, 0xE7 })]
    public void A_frame_against_the_protocol_is_closed_with_1002_and_a_reason(string what, byte[] wire)
    {
        Assert.NotEmpty(ExpectViolation(CloseCode.ProtocolError, wire));
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0 })]
    [InlineData(new byte[] { 0x82, 1, 7 })]
    [InlineData(new byte[] { 0x89, 0 })]
    [InlineData(new byte[] { 0x8A, 0 })]
    [InlineData(new byte[] { 0x88, 0 })]
    [InlineData(new byte[] { 0x88, 2, 0x03, 0xE8 })]
    public void R21_A_frame_without_a_mask_is_closed_with_1002_empty_ones_and_control_frames_too(byte[] wire) =>
        ExpectViolation(CloseCode.ProtocolError, wire);

    [Fact]
    public void R1_A_length_with_its_top_bit_set_is_closed_with_1002_at_that_bit() =>
        ExpectViolation(CloseCode.ProtocolError, [Fin | 2, Masked | 127, 0x80]);

    [Theory]
    [InlineData(new byte[] { 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00 })]
    [InlineData(new byte[] { 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x01 })]
    public void R1_R4_A_length_above_the_limit_is_closed_with_1009_from_the_header_alone(byte[] length) =>
        ExpectViolation(CloseCode.MessageTooBig, [Fin | 2, Masked | 127, .. length, 0, 0, 0, 0]);

    [Fact]
    public void R2_A_claimed_length_that_would_overflow_a_running_total_is_closed_with_1009() => ExpectViolation(
        CloseCode.MessageTooBig,
        [.. ClientProbe.Frame(Opcode.Binary, [1], fin: false), Fin, Masked | 127, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1024)]
    public void R5_A_message_of_1_MiB_is_delivered_and_one_byte_more_is_closed_with_1009_in_any_fragmentation(int fragments)
    {
        const int Most = 1024 * 1024;
        var client = Open();
        client.Send(Fragments(Most, fragments));
        Assert.Equal(Most, Handler.Expect<Ws.Received>().Payload.Length);

        client.Send(Fragments(Most + 1, fragments));
        client.ExpectClose(CloseCode.MessageTooBig);
        client.Socket.ExpectHalfClose();
        Handler.ExpectClosed(CloseCode.MessageTooBig);
    }

    [Fact]
    public void R6_A_message_of_16384_fragments_is_delivered_and_one_more_fragment_is_closed_with_1008_even_if_empty()
    {
        const int Most = 16_384;
        var client = Open();
        var empty = Repeat(ClientProbe.Frame(Opcode.Continuation, [], fin: false), Most - 2);
        byte[] first = ClientProbe.Frame(Opcode.Text, [], fin: false);

        client.Send([.. first, .. empty, .. ClientProbe.Frame(Opcode.Continuation, "end"u8.ToArray())]);
        Handler.ExpectText("end");

        client.Send([.. first, .. empty, .. ClientProbe.Frame(Opcode.Continuation, [], fin: false)]);
        client.ExpectNothing();
        client.SendFrame(Opcode.Continuation, []);
        client.ExpectClose(CloseCode.PolicyViolation);
        Handler.ExpectClosed(CloseCode.PolicyViolation);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void Text_that_is_not_UTF_8_is_closed_with_1007(byte[] text) =>
        ExpectViolation(CloseCode.InvalidPayload, ClientProbe.Frame(Opcode.Text, text));

    [Fact]
    public void Text_that_is_not_UTF_8_is_closed_with_1007_before_its_frame_ends() =>
        ExpectViolation(CloseCode.InvalidPayload, ClientProbe.Frame(Opcode.Text, [0xFF, .. new byte[100]])[..20]);

    [Fact]
    public void A_close_reason_that_is_not_UTF_8_is_closed_with_1007() =>
        ExpectViolation(CloseCode.InvalidPayload, ClientProbe.Frame(Opcode.Close, [0x03, 0xE8, 0xFF]));

    [Fact]
    public void Bytes_after_a_violation_are_discarded()
    {
        var client = Open();

        client.Send([Fin | 3, Masked, 0, 0, 0, 0, .. ClientProbe.Frame(Opcode.Text, "late"u8.ToArray())]);

        client.ExpectClose(CloseCode.ProtocolError);
        Handler.ExpectClosed(CloseCode.ProtocolError);
        Handler.ExpectNothing();
    }

    [Fact]
    public void Messages_before_a_violation_in_the_same_chunk_are_delivered()
    {
        var client = Open();

        client.Send([.. ClientProbe.Frame(Opcode.Text, "good"u8.ToArray()), Fin | 3, Masked, 0, 0, 0, 0]);

        Handler.ExpectText("good");
        client.ExpectClose(CloseCode.ProtocolError);
        Handler.ExpectClosed(CloseCode.ProtocolError);
    }

    [Fact]
    public void R16_A_failing_connection_is_closed_with_1011_and_no_other()
    {
        var kit = ServeEach(Props.Create<Echo>());
        var others = Enumerable.Range(0, 10).Select(_ => kit.Connect()).ToArray();
        var failing = kit.Connect();

        failing.Connection.Tell(Kill.Instance);

        failing.ExpectClose(CloseCode.InternalError);
        failing.Socket.ExpectStopped();
        foreach (var other in others)
        {
            other.SendText("still here");
            other.ExpectText("still here");
        }
    }

    [Fact]
    public void R16_A_shared_handler_is_told_Closed_1011_of_a_failing_connection()
    {
        var client = Open();

        client.Connection.Tell(Kill.Instance);

        client.ExpectClose(CloseCode.InternalError);
        Handler.ExpectClosed(CloseCode.InternalError);
        Handler.ExpectNothing();
        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }

    private ClientProbe Open()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();
        return client;
    }

    private string ExpectViolation(int code, params byte[] wire)
    {
        var client = Open();
        client.Send(wire);

        var reason = client.ExpectClose(code);
        client.Socket.ExpectHalfClose();
        var closed = Handler.ExpectClosed(code);
        Assert.Equal((reason, Ws.Side.Local, false), (closed.Reason, closed.By, closed.WasClean));
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
        return reason;
    }

    private static byte[] Fragments(int bytes, int count)
    {
        var size = bytes / count;
        return
        [
            .. Enumerable.Range(0, count).SelectMany(i => ClientProbe.Frame(
                i == 0 ? Opcode.Binary : Opcode.Continuation,
                new byte[i == count - 1 ? bytes - (size * i) : size],
                fin: i == count - 1)),
        ];
    }

    private static byte[] Repeat(byte[] wire, int times) => [.. Enumerable.Repeat(wire, times).SelectMany(static w => w)];
}
