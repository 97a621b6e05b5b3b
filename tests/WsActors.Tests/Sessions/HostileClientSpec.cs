using WsActors.Protocol;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>The abuse of sessions by a client: of others' sessions, of its own, and of the node.</summary>
public sealed class HostileClientSpec : SessionSpec
{
    public HostileClientSpec()
        : base(
            "hello-timeout = 10s, max-per-user = 2, max-user-log-size = 1000B, max-total-log-size = 1500B, window = 400B, log.max-size = "
                + "800B")
    {
    }

    [Fact]
    public void R11_A_session_is_not_resumed_by_its_id_without_its_secret()
    {
        var client = Begin();
        var thief = new SessionClient(Kit) { Token = SessionToken.Create(client.SessionId, new byte[18]).Text, Epoch = client.Epoch };

        Assert.Equal("false", thief.Resume());

        Assert.NotEqual(client.SessionId, thief.SessionId);
        Handler.ExpectOpened();
        Handler.Expect<Ws.Attached>();
        client.Send("still here");
        Handler.ExpectText("still here");
    }

    [Fact]
    public void R11_A_session_is_not_resumed_by_another_user_with_its_token()
    {
        var client = Begin("/as/ann");
        var thief = new SessionClient(Kit, "/as/bob") { Token = client.Token, Epoch = client.Epoch };
        var nobody = new SessionClient(Kit) { Token = client.Token, Epoch = client.Epoch };

        Assert.Equal("false", thief.Resume());
        Assert.Equal("false", nobody.Resume());

        client.ExpectNothing();
    }

    [Fact]
    public void R11_A_guessed_id_resumes_and_creates_no_session()
    {
        var guess = SessionToken.New(null);
        var client = new SessionClient(Kit) { Token = guess.Text, Epoch = "guess" };

        Assert.Equal("false", client.Resume());

        Assert.NotEqual(guess.Id, client.SessionId);
        Assert.Equal(1, Sessions);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0123456789012345678901234567890123456789")]
    public void An_invalid_token_is_answered_as_a_lost_session(string token)
    {
        var client = new SessionClient(Kit) { Token = token, Epoch = "e" };

        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void R11_No_session_exists_before_hello()
    {
        var client = new SessionClient(Kit);
        client.Connect();
        Kit.AwaitIdle();
        Assert.Equal(0, Sessions);

        Kit.Advance(Seconds(9.5));
        client.ExpectNothing();
        Kit.Advance(Seconds(0.5));

        client.Socket.ExpectClose(4408);
        Assert.Equal(0, Sessions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hi")]
    [InlineData("hello ")]
    [InlineData("message 1\nhi")]
    [InlineData("ack 1")]
    [InlineData("welcome t e new 0")]
    public void A_first_frame_other_than_hello_closes_with_4400(string frame)
    {
        var client = new SessionClient(Kit);
        client.Connect();

        client.Socket.SendText(frame);

        client.Socket.ExpectClose(4400);
        Assert.Equal(0, Sessions);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("message 0\nhi")]
    [InlineData("message 2\nhi")]
    [InlineData("message 1")]
    [InlineData("ack 0")]
    [InlineData("ack 1")]
    [InlineData("ack x")]
    [InlineData("message 99999999999999999999\n")]
    public void A_violation_of_the_subprotocol_closes_with_4400_and_keeps_the_session(string frame)
    {
        var client = Begin();

        client.Socket.SendText(frame);

        client.Socket.ExpectClose(4400);
        Handler.Expect<Ws.Detached>();
        Resume(client);
    }

    [Fact]
    public void A_second_connection_takes_over_and_messages_of_the_first_are_discarded()
    {
        var client = Begin();
        var first = client.Socket;

        Assert.Equal("true", client.Resume());

        first.ExpectClose(4409);
        first.SendText("message 1\nlate");
        first.SendText("ack 5");
        first.SendClose();
        Handler.Expect<Ws.Attached>();
        client.Send("1");
        Handler.ExpectText("1");
        client.ExpectHandled(1);
        Handler.ExpectNothing();
    }

    [Fact]
    public void R11_A_user_with_too_many_sessions_loses_the_one_detached_for_longest()
    {
        var (first, second) = (Begin("/as/ann"), Begin("/as/ann"));
        Break(second);
        Kit.Advance(Seconds(1));
        Break(first);

        var third = SessionClient.Begin(Kit, "/as/ann");

        Assert.Equal(2, Sessions);
        Assert.Equal("true", first.Resume());
        Assert.Equal("true", third.Resume());
    }

    [Fact]
    public void R11_A_new_session_of_a_user_is_refused_with_1013_when_all_have_a_client()
    {
        Begin("/as/ann");
        Begin("/as/ann");
        var third = new SessionClient(Kit, "/as/ann");
        third.Connect();

        third.Socket.SendText("hello");

        third.Socket.ExpectClose(CloseCode.TryAgainLater);
        Begin("/as/bob");
    }

    [Fact]
    public void R11_The_log_of_a_client_is_bounded()
    {
        var client = Begin();
        Break(client);

        for (var i = 0; i < 100; i++)
        {
            Tell(new string('x', 100));
        }

        Kit.AwaitIdle();
        Assert.InRange(LogBytes, 800 - 228, 800);
        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void R11_The_logs_of_a_user_are_bounded()
    {
        var (one, other) = (Begin("/as/ann"), Begin("/as/ann"));
        Fill(one);
        Fill(other);

        Assert.InRange(LogBytes, 1000 - 228, 1000);
    }

    [Fact]
    public void R11_All_logs_together_are_bounded()
    {
        foreach (var user in new[] { "ann", "bob", "eve" })
        {
            Fill(Begin($"/as/{user}"));
        }

        Assert.InRange(LogBytes, 1500 - 228, 1500);
    }

    [Fact]
    public void R11_Detached_anonymous_sessions_do_not_trim_the_logs_of_users()
    {
        var ann = Begin("/as/ann");
        Break(ann);
        Tell("missed");
        Kit.AwaitIdle();

        for (var i = 0; i < 5; i++)
        {
            Fill(Begin());
        }

        Assert.InRange(LogBytes, 1, 750 + 228);
        Assert.Equal("true", ann.Resume());
        ann.Expect("missed");
    }

    [Fact]
    public void R11_The_largest_log_of_detached_anonymous_sessions_is_trimmed_first()
    {
        var small = Begin();
        Break(small);
        Tell("missed");
        Kit.AwaitIdle();
        var large = Begin();
        Fill(large);
        Fill(Begin());

        Assert.Equal("true", small.Resume());
        small.Expect("missed");
        Assert.Equal("false", large.Resume());
    }

    [Fact]
    public void An_ended_session_releases_its_quota()
    {
        Fill(Begin());

        Handler.Tell(new Ws.Close());

        Handler.ExpectClosed(CloseCode.Normal);
        Kit.AwaitIdle();
        Assert.Equal((0, 0L), (Sessions, LogBytes));
    }

    [Fact]
    public void R19_A_client_is_read_only_as_fast_as_its_handler()
    {
        var client = Begin();
        client.Send("wait");
        Handler.ExpectText("wait");
        for (var i = 0; i < 100; i++)
        {
            client.Send("x");
        }

        // Of 16 at a time, the first is with the handler, and it is asked for none of the rest.
        AwaitAssert(() => Assert.Equal(16L, Messages()), duration: Seconds(10));
        Gate.SetResult();
        for (var i = 0; i < 100; i++)
        {
            Handler.ExpectText("x");
        }

        client.ExpectHandled(101);
    }

    [Fact]
    public void Messages_of_a_client_are_not_delivered_after_Closed()
    {
        var client = Begin();
        Handler.Tell(new Ws.Close());
        client.Socket.ExpectClose(CloseCode.Normal);

        client.Send("late");

        Handler.ExpectClosed(CloseCode.Normal);
        Handler.ExpectNothing();
    }

    private void Fill(SessionClient client)
    {
        Break(client);
        for (var i = 0; i < 10; i++)
        {
            Tell(new string('x', 100));
        }

        Kit.AwaitIdle();
    }
}
