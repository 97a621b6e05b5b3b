using Akka;
using WsActors.Client;
using WsActors.Manager;
using WsActors.Protocol;

namespace WsActors.Tests.Client;

/// <summary>When the system shuts down, clients go away (1001) in the time that there is.</summary>
public sealed class ClientShutdownSpec : ClientSpec
{
    [Fact]
    public void Every_client_is_closed_with_1001_and_none_comes_back()
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
    public void What_does_not_answer_is_reset_when_the_time_is_over_and_not_before()
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
    public void Who_dials_asks_or_waits_is_told_that_it_is_over()
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
    public void With_nobody_connected_all_is_over_at_once_and_nothing_is_dialled_any_more()
    {
        CloseAll();
        ExpectMsg<Done>();

        Connect();

        Assert.Contains("shuts down", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        Listener.ExpectNoDial();
    }

    private void CloseAll()
    {
        Kit.Clients.Tell(new ClientsActor.CloseAll(Seconds(3)), TestActor);
        Kit.AwaitIdle();
    }
}
