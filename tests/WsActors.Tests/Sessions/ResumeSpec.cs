using WsActors.Protocol;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>A client that resumes gets the missed messages, in order, and continues; or is told that it cannot.</summary>
public sealed class ResumeSpec : SessionSpec
{
    public ResumeSpec()
        : base("log.max-messages = 10, log.max-age = 60s, retention = 30s")
    {
    }

    [Fact]
    public void A_handler_in_a_session_works_like_any_other()
    {
        var client = Begin();

        client.Send("hi");
        Handler.ExpectText("hi");
        Tell("hello");
        client.Expect("hello");
        client.ExpectHandled(1);
        client.Socket.SendBinary([.. "message 2\n"u8, 0xFF]);
        Assert.Equal([0xFF], Handler.Expect<Ws.Received>().Payload.ToArray());
        Handler.Tell(Ws.Send.Binary(new byte[] { 0xFE }));
        client.ExpectHandled(2);
        Assert.Equal([.. "message 2\n"u8, 0xFE], client.Socket.ExpectBinary());
    }

    [Fact]
    public void Missed_messages_arrive_in_order_before_new_ones()
    {
        var client = Begin();
        Tell("1");
        client.Expect("1");
        client.Ack();
        Break(client);
        Tell("2");
        Tell("3");

        Resume(client);

        client.Expect("2");
        client.Expect("3");
        Tell("4");
        client.Expect("4");
        client.ExpectNothing();
    }

    [Fact]
    public void A_reloaded_client_of_version_3_is_shown_to_the_handler()
    {
        var client = Begin();
        Break(client);
        Tell("missed");
        var reloaded = new SessionClient(Kit) { Version = SessionProtocol.V3, Token = client.Token, Epoch = client.Epoch };
        reloaded.Connect(SessionProtocol.V3);
        Assert.Equal("true", reloaded.SendResume(" reloaded"));
        Assert.True(Handler.Expect<Ws.Attached>() is { IsReloaded: true, IsNew: false });
        reloaded.Expect("missed");
        Break(reloaded);
        reloaded.Connect(SessionProtocol.V3);
        Assert.Equal("true", reloaded.SendResume());
        Assert.False(Handler.Expect<Ws.Attached>().IsReloaded);

        var older = new SessionClient(Kit) { Version = SessionProtocol.V2, Token = client.Token, Epoch = client.Epoch };
        older.Connect(SessionProtocol.V2);
        older.Socket.SendText($"hello {client.Token} {client.Epoch} 0 reloaded");
        older.Socket.ExpectClose(SessionProtocol.BrokenCode);
    }

    [Fact]
    public void Lost_messages_are_sent_again_and_received_ones_are_not()
    {
        var client = Begin();
        Tell("1");
        Tell("2");
        client.Expect("1");
        Break(client); // 2 was on its way.

        Resume(client);

        client.Expect("2");
        client.ExpectNothing();
    }

    [Fact]
    public void Messages_of_the_client_are_handled_once_over_any_number_of_sockets()
    {
        var client = Begin();
        client.Send("1");
        client.Send("2");
        Handler.ExpectText("1");
        Handler.ExpectText("2");
        Break(client); // The client knows of neither.

        Resume(client);
        Assert.Equal(2, client.Handled);
        client.Send(1, "1");
        client.Send(2, "2");
        client.Send("3");

        Handler.ExpectText("3");
        client.ExpectHandled(3);
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_message_is_acknowledged_after_it_was_handled()
    {
        var client = Begin();
        client.Send("wait");
        Handler.ExpectText("wait");

        Tell("meanwhile");

        client.Expect("meanwhile");
        Assert.Equal(0, client.Handled);
        Gate.SetResult();
        client.ExpectHandled(1);
    }

    [Fact]
    public void A_trimmed_log_ends_the_session_and_starts_a_new_one()
    {
        var client = Begin();
        var old = client.Token;
        Break(client);
        for (var i = 1; i <= 11; i++)
        {
            Tell($"{i}");
        }

        client.Connect();
        Assert.Equal("false", client.SendResume());

        Assert.NotEqual(old, client.Token);
        Assert.Equal(0, client.Handled);
        Handler.ExpectClosed(CloseCode.Abnormal);
        Handler.ExpectOpened();
        Assert.True(Handler.Expect<Ws.Attached>().IsNew);
        Tell("new");
        client.Expect("new");
        Assert.Equal(1, Sessions);
    }

    [Fact]
    public void The_oldest_message_of_the_log_is_resumable()
    {
        var client = Begin();
        Break(client);
        for (var i = 1; i <= 10; i++)
        {
            Tell($"{i}");
        }

        Resume(client);

        for (var i = 1; i <= 10; i++)
        {
            client.Expect($"{i}");
        }
    }

    [Fact]
    public void An_offset_beyond_the_log_starts_a_new_session()
    {
        var client = Begin();
        Break(client);
        client.Received = 1;

        Assert.Equal("false", client.Resume());

        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    [Fact]
    public void A_session_without_a_client_expires_and_its_handler_is_told_Closed_once()
    {
        var client = Begin();
        Break(client);
        Kit.Advance(Seconds(29.5));
        Handler.ExpectNothing();
        Resume(client);
        Break(client);

        Kit.Advance(Seconds(30));

        var closed = Handler.ExpectClosed(CloseCode.Abnormal);
        Assert.Equal((Ws.Side.Peer, false), (closed.By, closed.WasClean));
        Kit.Advance(Seconds(60));
        Handler.ExpectNothing();
        Assert.Equal((0, 0L), (Sessions, LogBytes));
        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void A_message_above_the_maximum_age_is_trimmed()
    {
        var client = Begin();
        Break(client);
        Tell("1");
        for (var i = 0; i < 3; i++)
        {
            Kit.Advance(Seconds(20));
            Assert.Equal(i == 2 ? "false" : "true", client.Resume());
            if (i < 2)
            {
                client.Expect("1");
                client.Received = 0; // By the client's offset, it did not arrive.
                client.Socket.Socket.Reset();
            }
        }
    }

    [Fact]
    public void A_client_that_closes_with_1000_ends_its_session()
    {
        var client = Begin();

        client.Socket.SendClose();

        client.Socket.ExpectClose(CloseCode.Normal);
        var closed = Handler.ExpectClosed(CloseCode.Normal);
        Assert.Equal((Ws.Side.Peer, true), (closed.By, closed.WasClean));
        Assert.Equal("false", client.Resume());
    }

    [Theory]
    [InlineData(CloseCode.GoingAway)]
    [InlineData(4000)]
    [InlineData(null)]
    public void A_client_that_closes_with_another_code_may_resume(int? code)
    {
        var client = Begin();
        client.Socket.SendClose(code);
        Handler.Expect<Ws.Detached>();
        Tell("1");

        Resume(client);

        client.Expect("1");
    }

    [Fact]
    public void A_close_of_the_handler_ends_the_session_after_all_its_messages()
    {
        var client = Begin();
        Tell("bye");

        Handler.Tell(new Ws.Close(4001, "enough"));

        client.Expect("bye");
        Assert.Equal("enough", client.Socket.ExpectClose(4001));
        Assert.Equal(Ws.Side.Local, Handler.ExpectClosed(4001).By);
        Assert.Equal("false", client.Resume());
    }

    [Fact]
    public void Closed_counts_all_sockets_together()
    {
        var client = Begin();
        client.Send("123");
        Handler.ExpectText("123");
        Tell("12345");
        Break(client);
        Kit.Advance(Seconds(10));
        Resume(client);
        client.Expect("12345");

        client.Socket.SendClose();

        var closed = Handler.ExpectClosed(CloseCode.Normal);
        Assert.Equal((3, 5, Seconds(10)), (closed.BytesReceived, closed.BytesSent, closed.Duration));
    }

    [Fact]
    public void A_client_without_the_subprotocol_has_a_plain_connection_with_the_same_handler()
    {
        var plain = Kit.Connect();
        Handler.ExpectOpened();

        plain.SendText("hi");

        Handler.ExpectText("hi");
        Tell("hello");
        plain.ExpectText("hello");
        Assert.Equal(0, Sessions);
    }

    [Fact]
    public void The_handlers_own_subprotocol_is_selected_beside_the_sessions()
    {
        var client = new SessionClient(Kit, "/chat");
        client.Connect("chat.v1, wsactors.session.v1");
        client.Socket.SendText("hello");
        client.ExpectWelcome();

        Assert.Equal("chat.v1", Handler.ExpectOpened().Subprotocol);
    }

    [Fact]
    public void A_route_with_subprotocols_requires_one_in_sessions()
    {
        var client = Kit.Dial();

        client.RequestUpgrade("/chat", "Sec-WebSocket-Protocol: wsactors.session.v1");

        client.ExpectResponse(400);
    }

    [Fact]
    public void A_route_without_sessions_does_not_select_the_subprotocol()
    {
        var client = Kit.Dial();

        client.RequestUpgrade("/plain", "Sec-WebSocket-Protocol: wsactors.session.v1");

        client.ExpectUpgrade(subprotocol: null);
    }
}
