using System.IO.Compression;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>permessage-deflate on a connection (RFC 7692): the agreement, the compressed messages, the refusals.</summary>
public sealed class CompressionSpec : WebSocketSpec
{
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";

    private static readonly string Long = string.Concat(Enumerable.Repeat("all work and no play. ", 100));

    /// <summary>"Hello" as RFC 7692 §7.2.3.1 has it.</summary>
    private static readonly byte[] Hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

    [Theory]
    [InlineData(MessageCompression.Off, "permessage-deflate", null)]
    [InlineData(
        MessageCompression.Shared, "permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData(MessageCompression.Dedicated, "permessage-deflate; client_max_window_bits", "permessage-deflate")]
    [InlineData(
        MessageCompression.Dedicated,
        "permessage-deflate; server_max_window_bits=10; client_max_window_bits=11; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11")]
    [InlineData(MessageCompression.Shared, "x-webkit-deflate-frame", null)]
    [InlineData(MessageCompression.Dedicated, "permessage-deflate; server_max_window_bits=7", null)]
    [InlineData(MessageCompression.Dedicated, "permessage-deflate; unheard_of, permessage-deflate", "permessage-deflate")]
    public void The_agreement_depends_on_both_sides_and_a_bad_offer_is_declined(MessageCompression mode, string offer, string? answer)
    {
        var client = Serve(Compressing(mode)).Dial();
        client.RequestUpgrade("/", $"Sec-WebSocket-Extensions: {offer}");

        Assert.Equal(answer, client.ExpectUpgrade().Headers["Sec-WebSocket-Extensions"]);
    }

    [Fact]
    public void A_handler_cannot_agree_on_an_extension()
    {
        var forging = new GuardDecision.Accepted { Headers = [new("Sec-WebSocket-Extensions", "permessage-deflate")] };
        var kit = Serve(route: new WebSocketRouteOptions { Guard = (_, _) => Task.FromResult<GuardDecision>(forging) });
        var client = kit.Dial();
        client.RequestUpgrade("/", Offer);

        Assert.Null(client.ExpectUpgrade().Headers["Sec-WebSocket-Extensions"]);
    }

    [Theory]
    [InlineData(MessageCompression.Shared)]
    [InlineData(MessageCompression.Dedicated)]
    public void Messages_are_compressed_in_both_directions(MessageCompression mode)
    {
        var client = Serve(Compressing(mode)).Connect("/", Offer);
        Handler.ExpectOpened();

        for (var i = 0; i < 3; i++)
        {
            client.SendFrame(Opcode.Text, Hello, rsv1: true);
            Handler.ExpectText("Hello");
            Handler.Tell(Ws.Send.Text(Long));
            client.ExpectText(Long);
        }
    }

    [Fact]
    public void A_compressed_message_is_shorter_and_has_RSV1()
    {
        var frame = Sent(Ws.Send.Text(Long));

        Assert.Equal(0xC1, frame[0]);
        Assert.InRange(frame.Length, 10, 100);
    }

    [Fact]
    public void Small_and_incompressible_messages_are_sent_uncompressed()
    {
        var noise = new byte[4096];
        new Random(7).NextBytes(noise);

        Assert.Equal(0x81, Sent(Ws.Send.Text(Long[..1023]))[0]);
        Assert.Equal(0xC1, Sent(Ws.Send.Text(Long[..1024]))[0]);
        Assert.Equal(0x82, Sent(Ws.Send.Binary(noise))[0]);
    }

    [Fact]
    public void A_sender_chooses_for_each_message_whether_it_is_compressed()
    {
        Assert.Equal(0xC1, Sent(Ws.Send.Text(Long[..200]) with { Compress = true })[0]);
        Assert.Equal(0x81, Sent(Ws.Send.Text(Long) with { Compress = false })[0]);
    }

    [Fact]
    public void Control_frames_are_never_compressed()
    {
        var client = Serve(Compressing(MessageCompression.Shared, threshold: 0)).Connect("/", Offer);
        Handler.ExpectOpened();

        client.SendFrame(Opcode.Ping, new byte[100]);

        Assert.Equal(new byte[] { 0x8A, 100 }, client.Socket.ReadBytes()[..2]);
    }

    [Fact]
    public void Without_an_agreement_a_compressed_message_is_closed_with_1002()
    {
        var client = Serve(Compressing(MessageCompression.Shared)).Connect();
        Handler.ExpectOpened();

        client.SendFrame(Opcode.Text, Hello, rsv1: true);

        client.ExpectClose(CloseCode.ProtocolError);
        Handler.ExpectClosed(CloseCode.ProtocolError);
    }

    [Fact]
    public void A_compressed_message_without_valid_DEFLATE_data_is_closed_with_1007()
    {
        var client = Serve(Compressing(MessageCompression.Shared)).Connect("/", Offer);
        Handler.ExpectOpened();

        client.SendFrame(Opcode.Text, [0xFF, 0xFF, 0xFF], rsv1: true);

        client.ExpectClose(CloseCode.InvalidPayload);
    }

    [Fact]
    public void R7_A_message_that_inflates_past_the_limit_is_closed_with_1009_and_earlier_ones_are_delivered()
    {
        var client = Serve(Compressing(MessageCompression.Shared)).Connect("/", Offer);
        Handler.ExpectOpened();

        client.SendText("before");
        client.SendFrame(Opcode.Binary, Deflated(new byte[64 * 1024 * 1024]), rsv1: true);

        Handler.ExpectText("before");
        client.ExpectClose(CloseCode.MessageTooBig);
        Handler.ExpectClosed(CloseCode.MessageTooBig);
    }

    [Fact]
    public void R7_A_message_above_the_inflation_ratio_is_closed_with_1009()
    {
        var zeros = Deflated(new byte[512 * 1024]);
        var kit = Serve(Compressing(MessageCompression.Shared, ratio: 100));
        var refused = kit.Connect("/", Offer);
        Handler.ExpectOpened();

        refused.SendFrame(Opcode.Binary, zeros, rsv1: true);

        Assert.InRange(zeros.Length, 1, 512 * 1024 / 900);
        refused.ExpectClose(CloseCode.MessageTooBig);
    }

    // Each may inflate to 64 KiB, since the ratio counts from there on: a read of 4 KiB holds fifty, and more than 3 MiB.
    [Fact]
    public void R7_Small_bombs_of_one_read_are_inflated_one_by_one_as_the_backlog_is_handled()
    {
        const int Bombs = 50;
        const int Inflated = 64 * 1024;
        var client = Serve(Compressing(MessageCompression.Shared, ratio: 100)).Connect("/", Offer);
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[600 * 1024]) with { Compress = false });

        client.Send(
            [
                .. Enumerable.Repeat(ClientProbe.Frame(Opcode.Binary, Deflated(new byte[Inflated]), rsv1: true), Bombs)
                    .SelectMany(static f => f),
            ]);
        Assert.Equal(Inflated, Handler.Expect<Ws.Received>().Payload.Length);
        Assert.False(client.Socket.IsReadAskedFor);
        Handler.ExpectNothing();

        client.Socket.ResumeReading();
        for (var i = 1; i < Bombs; i++)
        {
            Assert.Equal(Inflated, Handler.Expect<Ws.Received>().Payload.Length);
        }

        Assert.True(client.Socket.IsReadAskedFor);
        Handler.ExpectNothing();
    }

    // The peer's close frame may be among the unread bytes.
    [Fact]
    public void R7_A_close_frame_behind_small_bombs_answers_our_close()
    {
        var client = Serve(Compressing(MessageCompression.Shared, ratio: 100)).Connect("/", Offer);
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[600 * 1024]) with { Compress = false });

        var bomb = ClientProbe.Frame(Opcode.Binary, Deflated(new byte[64 * 1024]), rsv1: true);
        client.Send([.. bomb, .. bomb, .. ClientProbe.Frame(Opcode.Close, [0x0F, 0xA0])]);
        Handler.Expect<Ws.Received>();
        Handler.Tell(new Ws.Close(4000));
        client.Socket.ResumeReading();

        client.ExpectBinary();
        client.ExpectClose(4000);
        client.Socket.ExpectHalfClose();
        Assert.True(Handler.ExpectClosed(4000).WasClean);
    }

    [Fact]
    public void R7_No_frame_is_inflated_before_the_guard_has_accepted()
    {
        var guard = new TaskCompletionSource<GuardDecision>();
        var kit = Serve(Compressing(MessageCompression.Shared), new WebSocketRouteOptions { Guard = (_, _) => guard.Task });
        var client = kit.Dial();

        // The bomb arrives with the request: if it were inflated, the handshake would fail.
        client.RequestUpgrade("/", Offer);
        client.SendFrame(Opcode.Binary, Deflated(new byte[16 * 1024 * 1024]), rsv1: true);
        Assert.Empty(client.Socket.ReadBytes());
        guard.SetResult(GuardDecision.Reject(401, "Log in first."));

        client.ExpectResponse(401);
        Handler.ExpectNothing();
    }

    private static Func<EndpointOptions, EndpointOptions> Compressing(MessageCompression mode, int threshold = 1024, int ratio = 2000) =>
        options =>
        options with
        {
            Compression = options.Compression with { Mode = mode, ThresholdBytes = threshold, MaxRatio = ratio },
        };

    /// <summary>The frame that a message becomes.</summary>
    private byte[] Sent(Ws.Send message)
    {
        var client = Serve(Compressing(MessageCompression.Shared)).Connect("/", Offer);
        Handler.ExpectOpened();
        Handler.Tell(message);
        return client.Socket.ReadBytes();
    }

    private static byte[] Deflated(byte[] message)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush();
        return output.ToArray()[..^4];
    }
}
