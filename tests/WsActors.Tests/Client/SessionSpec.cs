using Akka.Actor;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>The base of the specs of clients with a session: a server that the test plays, frame by frame.</summary>
public abstract class SessionSpec : ClientSpec
{
    protected const string Protocol = "Sec-WebSocket-Protocol: wsactors.session.v1";

    protected static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    protected SessionSpec()
        : base("ws-actors { tick = 10ms, keep-alive.ping-interval = off }")
    {
    }

    protected static ClientOptions KeepsSession(ClientOptions options) => options with
    {
        Session = options.Session with { Enabled = true },
    };

    /// <summary>Connects, and starts a session.</summary>
    protected ServerProbe Begin(Func<ClientOptions, ClientOptions>? configure = null)
    {
        Connect(To(configure: options => KeepsSession((configure ?? (static same => same))(options))));
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello");
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
        return server;
    }

    /// <summary>Breaks the connection; the client reconnects, and resumes with its last offset.</summary>
    protected ServerProbe Break(ServerProbe server, long has)
    {
        server.Socket.Reset();
        return Reconnect(has);
    }

    /// <summary>The client reconnects.</summary>
    protected ServerProbe Reconnect(long has, string session = "token epoch")
    {
        Kit.Advance(FirstTickAfter(Handler.Expect<Ws.Reconnecting>().Delay));
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText($"hello {session} {has}");
        return server;
    }

    /// <summary>Answers a close, or sends one.</summary>
    protected static void Close(ServerProbe server, int code, bool isAnswer = false)
    {
        server.SendClose(code);
        if (!isAnswer)
        {
            server.ExpectClose(code);
        }

        server.Socket.HalfClose();
        server.Socket.ExpectHalfClose();
    }

    protected void ExpectItIsOver()
    {
        Kit.Advance(Seconds(6));
        Listener.ExpectNoDial();
        Assert.Empty(((ActorRefWithCell)Kit.Clients).Children);
    }

    protected static TimeSpan FirstTickAfter(TimeSpan delay) => Math.Max(1, Math.Ceiling(delay / Tick)) * Tick;
}
