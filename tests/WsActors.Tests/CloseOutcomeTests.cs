using WsActors.Connection;

namespace WsActors.Tests;

/// <summary>How a WebSocket ended, as a log may show it.</summary>
public sealed class CloseOutcomeTests
{
    [Fact]
    public void It_is_shown_without_the_reason_and_without_its_unclean_twin() =>
        Assert.Equal("CloseOutcome { 4000, by Peer, clean }", new CloseOutcome(4000, "secret", Ws.Side.Peer, WasClean: true).ToString());
}
