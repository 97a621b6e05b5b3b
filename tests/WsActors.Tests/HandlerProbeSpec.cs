using WsActors.TestKit;

namespace WsActors.Tests;

public sealed class HandlerProbeSpec : WebSocketSpec
{
    [Fact]
    public void ExpectNothing_waits_for_events_that_are_still_on_their_way()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        for (var i = 0; i < 100; i++)
        {
            client.SendText("late");
            Assert.ThrowsAny<Exception>(Handler.ExpectNothing);
        }
    }

    [Fact]
    public void ExpectNothing_passes_without_an_event_and_without_a_kit() => new HandlerProbe(this).ExpectNothing();
}
