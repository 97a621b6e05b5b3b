using WsActors.Connection;

namespace WsActors.Tests;

/// <summary>The outcome of a WebSocket, in the form for a log.</summary>
public sealed class CloseOutcomeTests
{
    [Fact]
    public void ToString_has_no_reason_and_no_unclean_outcome() =>
        Assert.Equal("CloseOutcome { 4000, by Peer, clean }", new CloseOutcome(4000, "secret", Ws.Side.Peer, WasClean: true).ToString());
}
