using System.Net;
using Akka.Event;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>A session without a client counts: past the limit a new client is refused, and no existing session is lost.</summary>
public sealed class SessionCapSpec : SessionSpec
{
    public SessionCapSpec()
        : base("max = 4, max-anonymous = 3, max-per-address = 2, max-request-size = 512B, retention = 60s, hello-timeout = 10s")
    {
    }

    [Fact]
    public void R11_Detached_sessions_count_and_a_session_past_the_limit_is_closed_with_1013()
    {
        var clients = new[] { Begin(), Begin() };
        Array.ForEach(clients, Break);

        var refused = SayHello();
        refused.ExpectClose(CloseCode.TryAgainLater);

        Assert.Equal(2, Sessions);
        Kit.Advance(Seconds(61));
        Assert.Equal(0, Sessions);
        Assert.Equal("new", SayHello().ExpectWelcome());
    }

    [Fact]
    public void R11_At_the_limit_existing_sessions_are_resumed()
    {
        var client = Begin();
        Begin("/as/ann");
        Begin("/as/bob");
        Break(Begin());
        SayHello().ExpectClose(CloseCode.TryAgainLater);

        Break(client);
        Resume(client);
        Assert.Equal("true", client.Resume()); // Even before the old connection is known to be closed.
    }

    [Fact]
    public void R11_A_client_without_a_session_to_resume_is_refused_before_the_upgrade()
    {
        Begin("/as/ann");
        Begin("/as/bob");
        Begin("/as/cy");
        Begin("/as/di");

        foreach (var target in new[] { "/", "/as/eve" })
        {
            var refused = Kit.Dial();
            refused.RequestUpgrade(target, "Sec-WebSocket-Protocol: wsactors.session.v1");
            refused.ExpectResponse(503);
        }

        Kit.Connect("/"); // No session is asked for.
        new SessionClient(Kit, "/as/ann").Connect();
    }

    [Fact]
    public void Refusals_are_logged_once_a_minute()
    {
        Begin();
        Begin();
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        for (var i = 0; i < 5; i++)
        {
            SayHello().ExpectClose(CloseCode.TryAgainLater);
        }

        Assert.Contains(
            "Sessions refused: 1; the last one because your address", ExpectMsg<Warning>().ToString(), StringComparison.Ordinal);
        ExpectNoMsg(TimeSpan.Zero);
        Kit.Advance(Seconds(61));
        SayHello().ExpectClose(CloseCode.TryAgainLater);
        Assert.Contains("Sessions refused: 5;", ExpectMsg<Warning>().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void R11_A_session_whose_request_is_abandoned_stops_at_once()
    {
        var token = SessionToken.New(null);
        var session = Sys.ActorOf(SessionActor.PropsFor(Sys.WebSockets().SessionHost, token.Id), token.Id);
        Watch(session);
        Kit.Connect("/plain");
        var link = CreateTestProbe();
        session.Tell(
            new SessionMessages.Start(token.Id, token.Secret, IsLost: false, TestActor, "ws://*:80", Handler.ExpectOpened()), link.Ref);
        link.ExpectMsg<SessionMessages.Confirm>();

        Sys.Stop(link.Ref);

        ExpectTerminated(session);
    }

    [Fact]
    public void R11_The_retained_request_is_bounded()
    {
        var client = new SessionClient(Kit, "/as/ann?role=admin");
        client.Connect("wsactors.session.v1", "Cookie: id=7", $"X-Junk: {new string('x', 600)}", "User-Agent: test");
        client.Socket.SendText("hello");
        client.ExpectWelcome();

        var request = Handler.ExpectOpened().Request;

        var http = request.Http;
        Assert.Equal(
            ("/as/{user}", "ann", "/as/ann", "admin"), (request.Route, request.RouteValues["user"], http.Path, http.Query["role"]));
        Assert.Equal((IPAddress.Loopback, "7", "test"), (request.ClientAddress, http.Cookie("id"), http.Headers["User-Agent"]));
        Assert.Equal((null, null), (request.Http.Headers["X-Junk"], request.Http.Headers["Sec-WebSocket-Key"]));
        Assert.Equal(["wsactors.session.v1"], request.Subprotocols);
    }

    [Theory]
    [InlineData(100, 200, true)]
    [InlineData(100, 201, false)]
    public void A_query_is_retained_whole_or_not_at_all(int max, int query, bool isKept)
    {
        Kit.Connect($"/plain?{new string('q', query)}");
        var request = Handler.ExpectOpened().Request;
        var least = (3 * "/plain".Length) + (2 * request.Http.Host!.Length) + request.ServerOrigin.Host.Length;

        var kept = RetainedRequest.Trim(request, least + (4 * max) + 32);

        Assert.Equal(isKept ? query : 0, kept.Http.Query.Raw.Length);
        Assert.Equal(request.Http.Host, kept.Http.Host);
        Assert.Equal((true, false), (RetainedRequest.HasRoomFor(request, least), RetainedRequest.HasRoomFor(request, least - 1)));
    }

    [Fact]
    public void R11_A_path_above_the_retained_size_is_refused_with_414()
    {
        var path = $"/as/{new string('a', 200)}";
        var refused = Kit.Dial();
        refused.RequestUpgrade(path, "Sec-WebSocket-Protocol: wsactors.session.v1");
        refused.ExpectResponse(414);

        Kit.Connect(path);
    }

    [Fact]
    public void R11_A_reconnect_does_not_reset_the_unacknowledged_window()
    {
        var client = Begin();
        client.Send("wait");
        Handler.ExpectText("wait");
        for (var i = 2; i <= 16; i++)
        {
            client.Send($"{i}");
        }

        AwaitAssert(() => Assert.Equal(16L, Messages()), duration: Seconds(10));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("true", client.Resume());
            Assert.Equal(16, client.Handled); // By the welcome.
            client.Sent = 16;
            for (var next = 0; next < 16; next++)
            {
                client.Send("more");
            }

            Assert.Equal(16, Messages());
        }

        Gate.SetResult();
        Assert.Equal("true", client.Resume());
        client.Sent = client.Handled;
        client.Send("last");
        client.ExpectHandled(client.Sent);
    }

    private SessionClient SayHello()
    {
        var client = new SessionClient(Kit);
        client.Connect();
        client.Socket.SendText("hello");
        return client;
    }
}
