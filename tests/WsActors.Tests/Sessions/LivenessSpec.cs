using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>
/// The pings of the subprotocol since its second version: by them a client that sees no pings of RFC 6455, such as a page, notices that its
/// network has fallen silent. A client of the first version neither gets nor may send them.
/// </summary>
public sealed class LivenessSpec : SessionSpec
{
    private const string Both = "wsactors.session.v2, wsactors.session.v1";

    private static readonly TimeSpan PingInterval = Seconds(3);

    [Theory]
    [InlineData("wsactors.session.v1", "wsactors.session.v1")]
    [InlineData("wsactors.session.v2", "wsactors.session.v2")]
    [InlineData("wsactors.session.v1, wsactors.session.v2", "wsactors.session.v2")]
    [InlineData("wsactors.session.v3, wsactors.session.v2, wsactors.session.v1", "wsactors.session.v3")]
    [InlineData("wsactors.session.v4, wsactors.session.v2, wsactors.session.v1", "wsactors.session.v2")]
    [InlineData("wsactors.session.v4, wsactors.session.v1", "wsactors.session.v1")]
    public void The_newest_common_version_is_selected(string offered, string selected)
    {
        var client = new SessionClient(Kit) { Version = selected };

        client.Connect(offered);

        client.Socket.SendText("hello");
        Assert.Equal("new", client.ExpectWelcome());
    }

    [Fact]
    public void The_handlers_own_subprotocol_is_selected_with_either_version()
    {
        var client = new SessionClient(Kit, "/chat") { Version = SessionProtocol.V2 };

        client.Connect(Both + ", chat.v1");
        client.Socket.SendText("hello");

        Assert.Equal("chat.v1", Handler.ExpectOpened().Subprotocol);
    }

    [Fact]
    public void A_session_continues_between_versions_of_its_client()
    {
        var old = Begin();
        Break(old);
        var newer = new SessionClient(Kit) { Version = SessionProtocol.V2, Token = old.Token, Epoch = old.Epoch };
        newer.Connect(Both);
        Assert.Equal("true", newer.SendResume());
        newer.Socket.SendText("ping");
        Assert.Equal("pong", newer.Socket.ExpectAnyText());

        Assert.Equal("true", old.Resume());
    }

    [Fact]
    public void Each_ping_is_answered_by_one_pong()
    {
        var client = BeginWithPings();
        ExpectBegun();

        client.Socket.SendText("ping");
        client.Socket.SendText("ping");

        Assert.Equal("pong", client.Socket.ExpectAnyText());
        Assert.Equal("pong", client.Socket.ExpectAnyText());
        client.ExpectNothing();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_pong_has_no_effect()
    {
        var client = BeginWithPings();
        ExpectBegun();

        client.Socket.SendText("pong");
        client.Send("on");

        Handler.ExpectText("on");
        client.ExpectHandled(1);
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("pong")]
    public void Pings_and_pongs_in_version_1_close_with_4400(string frame)
    {
        var client = Begin();

        client.Socket.SendText(frame);

        client.Socket.ExpectClose(SessionProtocol.BrokenCode);
        Handler.Expect<Ws.Detached>();
        Resume(client);
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("pong")]
    public void Another_first_frame_than_hello_closes_with_4400(string frame)
    {
        var client = new SessionClient(Kit) { Version = SessionProtocol.V2 };
        client.Connect(Both);

        client.Socket.SendText(frame);

        client.Socket.ExpectClose(SessionProtocol.BrokenCode);
        Assert.Equal(0, Sessions);
    }

    [Fact]
    public void A_client_is_pinged_while_a_full_window_stops_reading()
    {
        var client = BeginWithPings("/stash");
        var handler = ExpectStasher();
        SendSome(client, 20);
        client.Socket.SendText("ping"); // It lies unread behind these.
        client.ExpectNothing();

        Kit.Advance(PingInterval);
        Assert.Equal("ping", client.Socket.ExpectAnyText());
        Kit.Advance(PingInterval);
        Assert.Equal("ping", client.Socket.ExpectAnyText());
        client.Socket.SendText("pong");
        client.Socket.SendText("pong");
        client.ExpectNothing();

        handler.Tell("all", TestActor);
        var heard = new List<string>();
        while (!heard.Contains("pong") || !heard.Contains("ack 20"))
        {
            heard.Add(client.Socket.ExpectAnyText());
        }

        Assert.DoesNotContain("ping", heard);
        Kit.Advance(PingInterval);
        Kit.Advance(PingInterval);
        client.ExpectNothing();
    }

    [Fact]
    public void A_client_that_is_read_is_not_pinged()
    {
        var client = BeginWithPings("/stash");
        ExpectStasher();
        SendSome(client, 15);

        Kit.Advance(Seconds(20));

        client.ExpectNothing();
    }

    [Fact]
    public void A_client_of_version_1_is_never_pinged()
    {
        var client = SessionClient.Begin(Kit, "/stash");
        ExpectStasher();
        SendSome(client, 20);

        Kit.Advance(Seconds(20));

        client.ExpectNothing();
    }

    private SessionClient BeginWithPings(string target = "/")
    {
        var client = new SessionClient(Kit, target) { Version = SessionProtocol.V2 };
        client.Connect(Both);
        client.Socket.SendText("hello");
        Assert.Equal("new", client.ExpectWelcome());
        return client;
    }

    private void ExpectBegun()
    {
        Handler.ExpectOpened();
        Handler.Expect<Ws.Attached>();
    }
}
