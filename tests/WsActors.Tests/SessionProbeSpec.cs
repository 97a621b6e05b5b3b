using WsActors.TestKit;
using WsActors.Tests.Sessions;

namespace WsActors.Tests;

/// <summary>The client with a session that the TestKit plays.</summary>
public sealed class SessionProbeSpec : SessionSpec
{
    [Fact]
    public void It_resumes_its_session_with_missed_and_unacknowledged_messages()
    {
        var client = Kit.ConnectSession();
        Handler.ExpectOpened();
        Assert.True(Handler.Expect<Ws.Attached>().IsNew);
        client.SendText("one");
        Handler.ExpectText("one");
        Tell("eins");
        client.ExpectText("eins");
        client.Break();
        Handler.Expect<Ws.Detached>();
        Tell("zwei");

        Assert.True(client.Resume(isReloaded: true));

        Assert.True(Handler.Expect<Ws.Attached>().IsReloaded);
        Assert.Equal("zwei", client.ExpectAnyText());
        client.SendText("two");
        Handler.ExpectText("two");
        client.Close();
        Handler.ExpectClosed(1000);
        Assert.False(client.Resume());
    }

    [Fact]
    public void It_sends_again_what_the_session_did_not_receive()
    {
        var client = Kit.ConnectSession("/chat", "Sec-WebSocket-Protocol: chat.v1");
        Assert.Equal("chat.v1", Handler.ExpectOpened().Subprotocol);
        Handler.Expect<Ws.Attached>();
        client.Break();
        Handler.Expect<Ws.Detached>();
        client.SendText("lost");

        Assert.True(client.Resume());

        Assert.False(Handler.Expect<Ws.Attached>().IsReloaded);
        Handler.ExpectText("lost");
    }

    [Fact]
    public void Another_message_than_the_expected_one_is_named()
    {
        var client = Kit.ConnectSession("/shout");
        client.SendText("hi");

        Assert.Equal(
            "Expected text 'hi', but it was: text 'hi!'.", Assert.Throws<ExpectationException>(() => client.ExpectText("hi")).Message);
    }
}
