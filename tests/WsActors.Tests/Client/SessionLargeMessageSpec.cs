namespace WsActors.Tests.Client;

/// <summary>A client's message may be larger than its send queue: the frames of the session around it leave, too.</summary>
public sealed class SessionLargeMessageSpec : SessionSpec
{
    private const int MaxUnacknowledgedBytes = 4 * 1024 * 1024;

    /// <summary>More than <c>send-queue.max-size</c>.</summary>
    private static readonly string Large = new('x', (1024 * 1024) + 1);

    [Fact]
    public void An_ack_leaves_behind_a_message_that_fills_the_send_queue()
    {
        var server = Begin(static options => options with
        {
            Session = options.Session with { MaxUnacknowledgedBytes = MaxUnacknowledgedBytes },
        });
        server.Socket.StopReading();
        Handler.Tell(Ws.Send.Text(Large));
        server.SendText("message 1\nhi");
        Assert.Equal("hi", Handler.Expect<Ws.Received>().Text);
        Kit.Advance(Seconds(0.2));

        server.Socket.ResumeReading();

        server.ExpectText($"message 1\n{Large}");
        server.ExpectText("ack 1");
        server.ExpectNothing();
    }
}
