namespace WsActors.Tests.Sessions;

/// <summary>A message may be larger than the connection's send queue: the frames of the session around it leave, too.</summary>
public sealed class LargeMessageSpec : SessionSpec
{
    /// <summary>More than <c>send-queue.max-size</c>.</summary>
    private static readonly string Large = new('x', (1024 * 1024) + 1);

    [Fact]
    public void An_ack_leaves_behind_a_message_that_fills_the_send_queue()
    {
        var client = Begin();
        client.Socket.Socket.StopReading();
        Tell(Large);
        client.Send("hi");
        Assert.Equal("hi", Handler.Expect<Ws.Received>().Text);
        Kit.AwaitIdle();

        client.Socket.Socket.ResumeReading();

        client.Expect(Large);
        client.ExpectHandled(1);
        client.ExpectNothing();
    }

    [Fact]
    public void A_message_that_fills_the_send_queue_leaves_behind_the_welcome()
    {
        var client = Begin();
        Tell(Large);
        Break(client);
        client.Connect();
        client.Socket.Socket.StopReading();
        client.Socket.SendText($"hello {client.Token} {client.Epoch} 0");
        Kit.AwaitIdle();

        client.Socket.Socket.ResumeReading();

        Assert.Equal("true", client.ExpectWelcome());
        client.Expect(Large);
        client.ExpectNothing();
    }
    [Fact]
    public void Sends_of_other_actors_to_the_connection_of_a_session_are_bounded()
    {
        var client = Begin();
        client.Socket.Socket.StopReading();
        Tell(Large);
        Kit.AwaitIdle();
        var bytes = new string('x', 64 * 1024);

        for (var i = 0; i < 17; i++)
        {
            client.Socket.Socket.Connection.Tell(Ws.Send.Text(bytes) with { Ack = i, Overflow = Ws.OverflowPolicy.Drop }, TestActor);
        }

        Assert.Equal(16, ExpectMsg<Ws.SendFailed>().Send.Ack);
    }
}
