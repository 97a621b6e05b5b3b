using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>A client gets its credentials anew before each attempt, and comes back at once after 4401.</summary>
public sealed class CredentialsSpec : ClientSpec
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>The number of calls of the provider.</summary>
    private int _calls;

    public CredentialsSpec()
        : base("ws-actors { tick = 10ms, keep-alive.ping-interval = off }")
    {
    }

    [Fact]
    public void The_headers_and_subprotocols_of_the_credentials_are_those_of_the_request()
    {
        Connect(With(static _ => Task.FromResult(new Ws.Credentials
        {
            Headers = [new("Authorization", "Bearer one"), new("X-Tenant", "tea")],
            Subprotocols = ["token.one"],
        })) with
        {
            Headers = [new("authorization", "none"), new("X-Own", "kept")],
            Subprotocols = ["chat"],
        });

        var request = Listener.ExpectDial().Accept("Sec-WebSocket-Protocol: chat");

        Assert.Equal(["Bearer one"], request.Headers.All("Authorization"));
        Assert.Equal(("tea", "kept"), (request.Headers["X-Tenant"], request.Headers["X-Own"]));
        Assert.Equal("chat, token.one", request.Headers["Sec-WebSocket-Protocol"]);
        Assert.Equal(["chat", "token.one"], Handler.ExpectOpened().Request.Subprotocols);
        ExpectMsg<Ws.Connected>();
    }

    [Fact]
    public void After_4401_the_client_reconnects_at_once_with_a_new_token()
    {
        Connect(With(NextToken));
        Close(ExpectToken(1), Ws.ExpiredCode);

        Assert.Equal((1, TimeSpan.Zero), AttemptAndDelay(Handler.Expect<Ws.Reconnecting>()));

        ExpectToken(2);
    }

    [Fact]
    public void A_4401_right_after_a_4401_is_followed_by_a_delay()
    {
        Connect(With(NextToken));
        Close(ExpectToken(1), Ws.ExpiredCode);
        Handler.Expect<Ws.Reconnecting>();
        Close(ExpectToken(2), Ws.ExpiredCode);

        var next = Handler.Expect<Ws.Reconnecting>();

        Assert.Equal(2, next.Attempt);
        Assert.NotEqual(TimeSpan.Zero, next.Delay);
        Advance(next.Delay);
        var server = ExpectToken(3);
        Kit.Advance(Seconds(10));
        Close(server, Ws.ExpiredCode);
        Assert.Equal((1, TimeSpan.Zero), AttemptAndDelay(Handler.Expect<Ws.Reconnecting>()));
    }

    [Fact]
    public void A_failing_provider_is_a_failed_attempt_and_is_asked_again_after_the_delay()
    {
        Connect(With(cancellation => ++_calls switch
        {
            1 => throw new InvalidOperationException("no token"),
            2 => Task.FromException<Ws.Credentials>(new HttpRequestException("no server")),
            3 => Task.FromResult<Ws.Credentials>(null!),
            4 => null!,
            5 => Task.FromResult(new Ws.Credentials { Subprotocols = ["not a token"] }),
            var call => Task.FromResult(Token(call)),
        }));

        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var next = Handler.Expect<Ws.Reconnecting>();
            Assert.Equal(attempt, next.Attempt);
            Assert.Contains("its credentials", next.Reason, StringComparison.Ordinal);
            Listener.ExpectNoDial();
            Advance(next.Delay);
        }

        Assert.Equal("Bearer 6", Listener.ExpectDial().Accept().Headers["Authorization"]);
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
    }

    [Fact]
    public void Without_reconnecting_a_failing_provider_fails_the_connect_and_not_finally()
    {
        Connect(With(static _ => throw new InvalidOperationException("no token"), static options => options));

        var failed = ExpectMsg<Ws.ConnectFailed>();

        Assert.Equal("Cannot connect to ws://192.0.2.1:8080/chat: its credentials could not be read; see the log.", failed.Reason);
        Assert.False(failed.IsFinal);
    }

    [Fact]
    public void A_provider_that_does_not_answer_is_cancelled_after_the_handshake_timeout()
    {
        var asked = CreateTestProbe();
        Connect(With(
            async cancellation =>
            {
                cancellation.Register(() => asked.Ref.Tell("cancelled", TestActor));
                asked.Ref.Tell("asked", TestActor);
                await Task.Delay(Timeout.Infinite, cancellation);
                return Token(1);
            },
            static options => options));
        asked.ExpectMsg("asked");

        Kit.Advance(Seconds(10) - Tick);
        asked.ExpectNoMsg(TimeSpan.Zero);
        Kit.Advance(Tick);

        asked.ExpectMsg("cancelled");
        var reason = ExpectMsg<Ws.ConnectFailed>().Reason;
        Assert.EndsWith("its credentials did not come within handshake.timeout.", reason, StringComparison.Ordinal);
        Listener.ExpectNoDial();
    }

    [Fact]
    public void A_client_that_is_closed_meanwhile_cancels_the_provider()
    {
        var asked = CreateTestProbe();
        Connect(With(async cancellation =>
        {
            cancellation.Register(() => asked.Ref.Tell("cancelled", TestActor));
            asked.Ref.Tell("asked", TestActor);
            await Task.Delay(Timeout.Infinite, cancellation);
            return Token(1);
        }));
        asked.ExpectMsg("asked");

        Sys.ActorSelection(Kit.Clients.Path / "*").Tell(new Ws.Close());

        asked.ExpectMsg("cancelled");
        Assert.EndsWith("it was closed before it opened.", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        Handler.ExpectNothing();
    }

    [Theory]
    [InlineData(401, false)]
    [InlineData(403, true)]
    public void A_401_is_not_final_where_the_next_attempt_has_another_token(int status, bool isFinal)
    {
        Connect(With(NextToken));
        var server = Listener.ExpectDial();
        server.ExpectRequest();
        server.Respond($"HTTP/1.1 {status} No", "Content-Length: 0");
        server.Socket.HalfClose();

        if (isFinal)
        {
            Assert.True(ExpectMsg<Ws.ConnectFailed>().IsFinal);
        }
        else
        {
            Advance(Handler.Expect<Ws.Reconnecting>().Delay);
            ExpectToken(2);
        }
    }

    [Fact]
    public void A_session_continues_after_4401_with_a_new_token()
    {
        const string Protocol = "Sec-WebSocket-Protocol: wsactors.session.v2";
        Connect(With(NextToken, static options => options with { Session = options.Session with { Enabled = true } }));
        var server = Listener.ExpectDial();
        Assert.Equal("Bearer 1", server.Accept(Protocol).Headers["Authorization"]);
        server.ExpectText("hello");
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();

        server.SendClose(Ws.ExpiredCode);
        server.ExpectClose(Ws.ExpiredCode);
        server.Socket.HalfClose();
        Assert.Equal(TimeSpan.Zero, Handler.Expect<Ws.Reconnecting>().Delay);

        server = Listener.ExpectDial();
        Assert.Equal("Bearer 2", server.Accept(Protocol).Headers["Authorization"]);
        server.ExpectText("hello token epoch 0");
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_client_is_not_renewed_by_its_own_end()
    {
        Connect(With(NextToken));
        ExpectToken(1);

        Handler.Tell(new Ws.Renew(null, DateTimeOffset.MaxValue));

        Assert.Equal("The connection of a client does not expire; its server decides.", Handler.Expect<Ws.RenewFailed>().Reason);
    }

    private Ws.Connect With(
        Func<CancellationToken, Task<Ws.Credentials>> provider, Func<ClientOptions, ClientOptions>? configure = null) =>
        To(configure: configure ?? Reconnects) with { GetCredentials = provider };

    private Task<Ws.Credentials> NextToken(CancellationToken cancellation) => Task.FromResult(Token(Interlocked.Increment(ref _calls)));

    private static Ws.Credentials Token(int number) => new() { Headers = [new HttpHeader("Authorization", $"Bearer {number}")] };

    /// <summary>Expects an attempt with a token, and opens its WebSocket.</summary>
    private ServerProbe ExpectToken(int number)
    {
        var server = Listener.ExpectDial();
        Assert.Equal($"Bearer {number}", server.Accept().Headers["Authorization"]);
        Handler.ExpectOpened();
        return server;
    }

    private void Close(ServerProbe server, int code)
    {
        server.SendClose(code);
        server.ExpectClose(code);
        server.Socket.HalfClose();
        Handler.ExpectClosed(code);
    }

    private void Advance(TimeSpan delay) => Kit.Advance(TimeSpan.FromTicks((delay.Ticks / Tick.Ticks + 1) * Tick.Ticks));

    private static (int Attempt, TimeSpan Delay) AttemptAndDelay(Ws.Reconnecting next) => (next.Attempt, next.Delay);
}
