using WsActors.Manager;

namespace WsActors.Tests.Client;

/// <summary>The process stands still for 100 seconds, half a second before a deadline of a client.</summary>
public sealed class FrozenProcessSpec : SessionSpec
{
    [Fact]
    public void An_answer_counts_that_came_meanwhile()
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
    public void A_connection_counts_that_was_made_meanwhile()
    {
        Connect();
        Listener.Ignore();

        FreezeBefore(Seconds(5));

        ExpectNoMsg(TimeSpan.Zero);
        Kit.Advance(Seconds(0.5));
        ExpectMsg<Ws.ConnectFailed>();
    }

    [Fact]
    public void A_welcome_counts_that_came_meanwhile()
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
