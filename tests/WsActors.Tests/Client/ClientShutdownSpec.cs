using Akka;
using WsActors.Client;
using WsActors.Protocol;

namespace WsActors.Tests.Client;

/// <summary>At the system's shutdown, clients are closed with 1001 within the available time.</summary>
public sealed class ClientShutdownSpec : ClientSpec
{
    [Fact]
    public void The_shutdown_closes_every_client_with_1001_and_none_reconnects()
    {
        var plain = Open();
        var again = Open(Reconnects);

        CloseAll();
        foreach (var server in new[] { plain, again })
        {
            server.ExpectClose(CloseCode.GoingAway);
            ExpectNoMsg(TimeSpan.Zero);
            server.SendClose(CloseCode.GoingAway);
            server.Socket.HalfClose();
            Assert.True(Handler.ExpectClosed(CloseCode.GoingAway).WasClean);
        }

        ExpectMsg<Done>();
        Kit.Advance(Seconds(60));
        Listener.ExpectNoDial();
    }

    [Fact]
    public void A_client_without_a_close_answer_is_reset_at_the_deadline_and_not_before()
    {
        var (plain, again) = (Open(), Open(Reconnects));
        CloseAll();
        Kit.Advance(Seconds(2.5));
        Assert.False(plain.Socket.IsReset || again.Socket.IsReset);
        ExpectNoMsg(TimeSpan.Zero);

        Kit.Advance(Seconds(0.5));

        Assert.True(plain.Socket.IsReset && again.Socket.IsReset);
        ExpectMsg<Done>();
    }

    [Fact]
    public void A_shutdown_fails_pending_connects()
    {
        Connect();
        Listener.Ignore();
        Connect();
        Listener.ExpectDial();
        Connect(To(configure: Reconnects));
        Listener.Refuse();
        Handler.Expect<Ws.Reconnecting>();

        CloseAll();

        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("closed before it opened", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        }

        ExpectMsg<Done>();
    }

    [Fact]
    public void A_shutdown_without_clients_completes_at_once_and_later_connects_fail()
    {
        CloseAll();
        ExpectMsg<Done>();

        Connect();

        Assert.Contains("is shutting down", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        Listener.ExpectNoDial();
    }

    private void CloseAll()
    {
        Kit.Clients.Tell(new ClientsActor.CloseAll(Seconds(3)), TestActor);
        Kit.AwaitIdle();
    }
}
