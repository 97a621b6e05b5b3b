using WsActors.Protocol;
using WsActors.Sessions;
using WsActors.TestKit;

namespace WsActors.Tests.Sessions;

/// <summary>What a client may not do to sessions: not to others', not to its own, and not to the node.</summary>
public sealed class HostileClientSpec : SessionSpec
{
    public HostileClientSpec()
        : base("hello-timeout = 10s, max-per-user = 2, max-user-log-size = 1000B, max-total-log-size = 1500B, window = 400B, log.max-size = 800B")
    {
    }

    [Fact]
    public void R11_A_session_is_not_taken_up_by_its_id_without_its_secret()
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
    public void R11_A_session_is_not_taken_up_by_another_user_who_has_its_token()
    {
        var client = Begin("/as/ann");
        var thief = new SessionClient(Kit, "/as/bob") { Token = client.Token, Epoch = client.Epoch };
        var nobody = new SessionClient(Kit) { Token = client.Token, Epoch = client.Epoch };

        Assert.Equal("false", thief.Resume());
        Assert.Equal("false", nobody.Resume());

        client.ExpectNothing();
    }

    [Fact]
    public void R11_An_id_that_is_guessed_is_of_no_session_and_becomes_none()
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
    public void A_token_that_is_none_is_of_a_session_that_is_lost(string token)
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
    public void What_is_no_hello_is_closed_with_4400(string frame)
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
    public void What_breaks_the_subprotocol_is_closed_with_4400_and_the_session_waits(string frame)
    {
        var client = Begin();

        client.Socket.SendText(frame);

        client.Socket.ExpectClose(4400);
        Handler.Expect<Ws.Detached>();
        Resume(client);
    }

    [Fact]
    public void A_second_connection_takes_over_and_what_the_first_still_says_is_discarded()
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
    public void R11_Of_a_user_with_too_many_sessions_the_one_ends_that_is_without_a_client_for_longest()
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
    public void R11_Where_each_of_them_has_a_client_one_more_is_refused_with_1013()
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
    public void R11_What_is_kept_for_a_client_is_bounded()
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
    public void R11_What_is_kept_for_a_user_is_bounded()
    {
        var (one, other) = (Begin("/as/ann"), Begin("/as/ann"));
        Fill(one);
        Fill(other);

        Assert.InRange(LogBytes, 1000 - 228, 1000);
    }

    [Fact]
    public void R11_What_is_kept_for_all_is_bounded()
    {
        foreach (var user in new[] { "ann", "bob", "eve" })
        {
            Fill(Begin($"/as/{user}"));
        }

        Assert.InRange(LogBytes, 1500 - 228, 1500);
    }

    [Fact]
    public void R11_Anonymous_sessions_that_are_away_do_not_push_out_what_a_user_missed()
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
    public void R11_Of_anonymous_sessions_that_are_away_the_largest_log_goes_first()
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
    public void A_session_that_ends_gives_back_what_it_held()
    {
        Fill(Begin());

        Handler.Tell(new Ws.Close());

        Handler.ExpectClosed(CloseCode.Normal);
        Kit.AwaitIdle();
        Assert.Equal((0, 0L), (Sessions, LogBytes));
    }

    [Fact]
    public void R19_No_more_is_read_of_a_client_than_its_handler_deals_with()
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
    public void A_handler_that_does_not_stop_its_client_is_not_told_its_messages_after_it_was_closed()
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
