using System.Security.Claims;
using WsActors.Messages;
using WsActors.Sessions;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>
/// A token resumes a session only at its origin: by the same endpoint, route and subprotocol, as the guard's current user.
/// </summary>
public sealed class SessionBindingSpec : SessionSpec
{
    [Theory]
    [InlineData("/as/ann", "/", "")]
    [InlineData("/", "/shout", "")]
    [InlineData("/", "/as/ann", "")]
    [InlineData("/as/ann", "/as/bob", "")]
    [InlineData("/", "/chat", ", chat.v1")]
    public void R11_A_session_is_not_resumed_by_another_route_or_user(string began, string other, string subprotocol)
    {
        var client = Begin(began);
        var elsewhere = new SessionClient(Kit, other) { Token = client.Token, Epoch = client.Epoch };

        elsewhere.Connect("wsactors.session.v1" + subprotocol);
        Assert.Equal("false", elsewhere.SendResume());

        Assert.NotEqual(client.SessionId, elsewhere.SessionId);
        client.Send("still mine");
        client.ExpectHandled(1);
    }

    [Fact]
    public void R11_A_session_is_not_resumed_in_another_subprotocol()
    {
        var client = new SessionClient(Kit, "/chat");
        client.Connect("wsactors.session.v1, chat.v1");
        client.Socket.SendText("hello");
        Assert.Equal("new", client.ExpectWelcome());
        var other = new SessionClient(Kit, "/chat") { Token = client.Token, Epoch = client.Epoch };

        other.Connect("wsactors.session.v1, chat.v2");
        Assert.Equal("false", other.SendResume());

        var same = new SessionClient(Kit, "/chat") { Token = client.Token, Epoch = client.Epoch };
        same.Connect("wsactors.session.v1, chat.v1, chat.v0");
        Assert.Equal("true", same.SendResume());
    }

    [Fact]
    public void R11_A_session_is_not_resumed_by_another_or_an_unknown_endpoint()
    {
        var client = Begin();
        Assert.True(SessionToken.TryParse(client.Token, out var token));
        var resume = new SessionMessages.Resume(token.Id, token.Secret, client.Epoch, 0, TestActor) { IsConfirmed = true };

        Handler.Connection.Tell(resume with { By = EntryBy("/") with { Endpoint = "ws://127.0.0.1:9090" } }, TestActor);
        ExpectMsg<SessionMessages.Unknown>();
        Handler.Connection.Tell(resume, TestActor);
        ExpectMsg<SessionMessages.Unknown>();

        Handler.Connection.Tell(resume with { By = EntryBy("/") }, TestActor);
        client.ExpectClose(SessionProtocol.TakenOverCode);
    }

    [Fact]
    public void The_handler_is_told_the_guards_latest_decision_and_again_after_a_restart()
    {
        var client = SessionClient.Begin(Kit, "/as/ann?role=admin");
        Assert.True(Handler.ExpectOpened().Principal!.IsInRole("admin"));
        Assert.True(Handler.Expect<Ws.Attached>().Principal!.IsInRole("admin"));
        Break(client);
        var demoted = new SessionClient(Kit, "/as/ann?role=reader") { Token = client.Token, Epoch = client.Epoch };

        Assert.Equal("true", demoted.Resume());

        var attached = Handler.Expect<Ws.Attached>();
        Assert.Equal("reader", attached.Principal!.FindFirst(ClaimTypes.Role)!.Value);
        Assert.Equal("reader", attached.Items["role"]);
        demoted.Send("fail");
        var again = Handler.ExpectOpened();
        Assert.True(again.IsRestart);
        Assert.Equal((false, "reader"), (again.Principal!.IsInRole("admin"), again.Items["role"]));
    }
}
