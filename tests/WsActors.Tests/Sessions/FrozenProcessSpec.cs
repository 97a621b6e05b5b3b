namespace WsActors.Tests.Sessions;

/// <summary>The process stands still for 100 seconds, half a second before a deadline of a session.</summary>
public sealed class FrozenProcessSpec : SessionSpec
{
    public FrozenProcessSpec()
        : base("hello-timeout = 10s, ack-timeout = 15s, retention = 60s")
    {
    }

    [Fact]
    public void A_hello_received_during_a_freeze_counts()
    {
        var client = new SessionClient(Kit);
        client.Connect();

        FreezeBefore(Seconds(10));

        client.ExpectNothing();
        client.Socket.SendText("hello");
        Assert.Equal("new", client.ExpectWelcome());
    }

    [Fact]
    public void The_deadline_of_a_hello_is_extended_by_the_freeze()
    {
        var client = new SessionClient(Kit);
        client.Connect();

        FreezeBefore(Seconds(10));
        client.ExpectNothing();
        Kit.Advance(Seconds(1));

        client.Socket.ExpectClose(4408);
    }

    [Fact]
    public void An_acknowledgement_received_during_a_freeze_counts()
    {
        var client = Begin();
        Tell("1");
        client.Expect("1");

        FreezeBefore(Seconds(15));

        client.ExpectNothing();
        client.Ack();
        Kit.Advance(Seconds(5));
        client.ExpectNothing();
    }

    [Fact]
    public void A_client_that_reconnects_during_a_freeze_resumes_its_session()
    {
        var client = Begin();
        Break(client);

        FreezeBefore(Seconds(60));

        Resume(client);
    }

    private void FreezeBefore(TimeSpan deadline)
    {
        Kit.Advance(deadline - Seconds(0.5));
        Kit.StandStill(Seconds(100));
    }
}
