using WsActors.Protocol;

namespace WsActors.Tests.Client;

/// <summary>A message of a client's session whose memory is freed before it is written.</summary>
public sealed class SessionGoneMemorySpec : SessionSpec
{
    [Fact]
    public void The_session_ends_with_1011_and_its_handler_is_told_Closed_once()
    {
        var server = Begin();
        server.Socket.Reset();
        using var gone = new GoneMemory();
        Handler.Tell(Ws.Send.Binary(gone.Memory) with { Ack = "gone" });
        Kit.AwaitIdle();
        gone.Leave();

        server = Reconnect(has: 0);
        server.SendText("welcome token epoch true 0");

        server.ExpectClose(CloseCode.InternalError);
        Handler.ExpectSendFailed("gone", Ws.SendFailure.Closed);
        Handler.ExpectClosed(CloseCode.InternalError);
        Handler.ExpectNothing();
    }
}
