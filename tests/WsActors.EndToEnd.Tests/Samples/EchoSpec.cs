namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The echo, for a client with a session; the others' is tested with the program.</summary>
public sealed class EchoSpec : SamplesSpec
{
    [Fact]
    public void A_client_with_a_session_gets_numbered_echoes()
    {
        var client = Kit.Dial();
        client.RequestUpgrade("/echo", "Sec-WebSocket-Protocol: wsactors.session.v1");
        client.ExpectUpgrade("wsactors.session.v1");
        client.SendText("hello");
        Assert.StartsWith("welcome ", client.ExpectAnyText(), StringComparison.Ordinal);

        client.SendText("message 1\nhi");

        client.ExpectText("message 1\nhi");
        client.ExpectText("ack 1");
    }
}
