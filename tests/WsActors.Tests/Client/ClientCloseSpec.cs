using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Tests.Client;

/// <summary>The closing handshake of a client: as strict as a server's, but the server closes the socket first (RFC 6455 §7.1.1).</summary>
public sealed class ClientCloseSpec : ClientSpec
{
    [Fact]
    public void A_close_of_the_handler_is_answered_and_the_server_closes_the_socket_first()
    {
        var server = Open();
        Handler.Tell(new Ws.Close(4001, "enough"));
        server.ExpectClose(4001);

        server.SendClose(4001);
        server.ExpectNothing();
        server.Socket.HalfClose();

        server.Socket.ExpectHalfClose();
        var closed = Handler.ExpectClosed(4001);
        Assert.Equal((Ws.Side.Local, true), (closed.By, closed.WasClean));
        server.Socket.ExpectStopped();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_close_of_the_server_is_answered_and_the_server_closes_the_socket_first()
    {
        var server = Open();

        server.SendClose(4001, "enough");
        server.ExpectClose(4001);
        server.ExpectNothing();
        server.Socket.HalfClose();

        server.Socket.ExpectHalfClose();
        var closed = Handler.ExpectClosed(4001);
        Assert.Equal((Ws.Side.Peer, true, "enough"), (closed.By, closed.WasClean, closed.Reason));
    }

    [Fact]
    public void A_server_that_does_not_close_the_socket_is_reset_after_5_seconds_and_the_close_is_clean()
    {
        var server = Open();
        server.SendClose(4001);
        server.ExpectClose(4001);
        Kit.Advance(Seconds(4.5));
        server.ExpectNothing();

        Kit.Advance(Seconds(0.5));

        server.Socket.ExpectReset();
        Assert.True(Handler.ExpectClosed(4001).WasClean);
    }

    [Fact]
    public void A_server_without_a_close_answer_is_reset_after_5_seconds()
    {
        var server = Open();
        Handler.Tell(new Ws.Close(4001));
        server.ExpectClose(4001);
        Kit.Advance(Seconds(4.5));
        Assert.False(server.Socket.IsReset);

        Kit.Advance(Seconds(0.5));

        server.Socket.ExpectReset();
        Assert.False(Handler.ExpectClosed(4001).WasClean);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0x81, 1, 2, 3, 4, 5 }, CloseCode.ProtocolError)]
    [InlineData(new byte[] { 0x89, 0x80, 1, 2, 3, 4 }, CloseCode.ProtocolError)]
    [InlineData(new byte[] { 0xC1, 0x00 }, CloseCode.ProtocolError)]
    [InlineData(new byte[] { 0x83, 0x00 }, CloseCode.ProtocolError)]
    [InlineData(new byte[] { 0x81, 0x01, 0xFF }, CloseCode.InvalidPayload)]
    [InlineData(new byte[] { 0x82, 0x7F, 0, 0, 0, 1, 0, 0, 0, 0 }, CloseCode.MessageTooBig)]
    public void R21_A_server_that_breaks_a_rule_is_closed_with_its_code(byte[] frame, int code)
    {
        var server = Open();

        server.Send(frame);

        server.ExpectClose(code);
        server.Socket.HalfClose();
        Assert.Equal(Ws.Side.Local, Handler.ExpectClosed(code).By);
        server.Socket.ExpectHalfClose();
    }

    [Fact]
    public void A_violation_in_the_chunk_of_the_upgrade_is_closed_with_its_code()
    {
        Connect();
        var server = Listener.ExpectDial();
        server.ExpectRequest();

        server.Send([.. server.Upgrade(), .. TestKit.ClientProbe.Frame(Opcode.Text, "masked"u8.ToArray())]);

        server.ExpectClose(CloseCode.ProtocolError);
        Handler.ExpectOpened();
        server.Socket.HalfClose();
        Handler.ExpectClosed(CloseCode.ProtocolError);
    }

    [Fact]
    public void A_broken_socket_is_reported_as_1006()
    {
        var server = Open();

        server.Socket.Reset();

        Assert.False(Handler.ExpectClosed(CloseCode.Abnormal).WasClean);
        server.Socket.ExpectStopped();
    }

    [Fact]
    public void A_stopped_shared_handler_closes_with_1011()
    {
        var server = Open();

        Handler.Stop(Sys);

        server.ExpectClose(CloseCode.InternalError);
    }

    [Fact]
    public void Silence_is_followed_by_a_ping_and_then_by_1006()
    {
        var server = Open();
        Kit.Advance(Seconds(24.5));
        server.ExpectNothing();
        Kit.Advance(Seconds(0.5));
        server.ExpectPing();
        Kit.Advance(Seconds(19.5));
        Assert.False(server.Socket.IsReset);

        Kit.Advance(Seconds(0.5));

        server.Socket.ExpectReset();
        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    [Fact]
    public void A_server_that_does_not_read_overflows_the_send_queue()
    {
        var server = Open(static options => options with { SendQueue = options.SendQueue with { MaxBytes = 1000 } });
        Handler.IgnoreCongestion();
        server.Socket.StopReading();

        Handler.Tell(Ws.Send.Binary(new byte[900]) with { Ack = 1 });
        Handler.Tell(Ws.Send.Binary(new byte[900]) with { Ack = 2 });

        Handler.ExpectSendFailed(2, Ws.SendFailure.QueueFull);
        server.Socket.ResumeReading();
        server.ExpectBinary();
        Handler.ExpectAck(1);
        server.ExpectClose(CloseCode.TryAgainLater);
    }

    [Fact]
    public void An_internal_failure_closes_with_1011()
    {
        var server = Open();

        server.Connection.Tell(Kill.Instance);

        Assert.Equal("the client failed", server.ExpectClose(CloseCode.InternalError));
        Handler.ExpectClosed(CloseCode.InternalError);
    }

    [Fact]
    public void A_message_to_a_stopped_client_fails()
    {
        var server = Open();
        server.Socket.Reset();
        Handler.ExpectClosed(CloseCode.Abnormal);
        server.Socket.ExpectStopped();

        Handler.Tell(Ws.Send.Text("too late") with { Ack = 1 });

        Handler.ExpectSendFailed(1, Ws.SendFailure.Closed);
    }
}
