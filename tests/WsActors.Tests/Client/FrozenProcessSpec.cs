namespace WsActors.Tests.Client;

/// <summary>The process stands still for 100 seconds, half a second before a deadline of a client.</summary>
public sealed class FrozenProcessSpec : SessionSpec
{
    [Fact]
    public void A_response_received_during_a_freeze_counts()
    {
        Connect();
        var server = Listener.ExpectDial();

        FreezeBefore(Seconds(10));

        ExpectNoMsg(TimeSpan.Zero);
        server.Accept();
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
    }

    [Fact]
    public void A_socket_connected_during_a_freeze_counts()
    {
        Connect();
        Listener.Ignore();

        FreezeBefore(Seconds(5));

        ExpectNoMsg(TimeSpan.Zero);
        Kit.Advance(Seconds(0.5));
        ExpectMsg<Ws.ConnectFailed>();
    }

    [Fact]
    public void A_welcome_received_during_a_freeze_counts()
    {
        Connect(To(configure: KeepsSession));
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello");

        FreezeBefore(Seconds(10));

        server.ExpectNothing();
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
    }

    private void FreezeBefore(TimeSpan deadline)
    {
        Kit.Advance(deadline - Seconds(0.5));
        Kit.StandStill(Seconds(100));
    }
}
