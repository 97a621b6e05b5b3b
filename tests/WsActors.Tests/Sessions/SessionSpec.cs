using System.Security.Claims;
using Akka.Actor;
using WsActors.Messages;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests.Sessions;

/// <summary>The base of the specs of sessions: routes with sessions, whose handlers forward to the test.</summary>
public abstract class SessionSpec : WebSocketSpec
{
    /// <param name="config">Keys of <c>ws-actors.sessions</c>.</param>
    /// <param name="others">Other keys of <c>ws-actors</c>.</param>
    protected SessionSpec(string config = "", string others = "")
        : base($"ws-actors.sessions {{ {config} }}\nws-actors {{ {others} }}")
    {
        Kit = new WebSocketTestKit(
            this,
            RouteTable.Empty
                .Map("/", _ => Relayed, new WebSocketRouteOptions { Sessions = true })
                .Map("/as/{user}", _ => Relayed, new WebSocketRouteOptions { Sessions = true, Guard = AsUser })
                .Map("/until/{user}", _ => Relayed, new WebSocketRouteOptions { Sessions = true, Guard = UntilExpiry })
                .Map("/chat", _ => Relayed, new WebSocketRouteOptions { Sessions = true, Subprotocols = ["chat.v2", "chat.v1"] })
                .Map("/shout", _ => Props.Create<Shout>(), new WebSocketRouteOptions { Sessions = true })
                .Map("/publish", _ => Props.Create<Publisher>(), new WebSocketRouteOptions { Sessions = true })
                .Map("/stash", _ => Props.Create<Stasher>(TestActor), new WebSocketRouteOptions { Sessions = true })
                .Map("/none", static _ => throw new InvalidOperationException("not made"), new WebSocketRouteOptions { Sessions = true })
                .Map("/held", _ => Held(), new WebSocketRouteOptions { Sessions = true })
                .Map("/plain", _ => Relayed));
    }

    protected WebSocketTestKit Kit { get; }

    /// <summary>The time for which the guard of <c>/until/{user}</c> accepts a client.</summary>
    protected TimeSpan Lifetime { get; set; } = Seconds(300);

    protected DateTimeOffset Date => Sys.Settings.Setup.Get<WebSocketSetup>().Value.Time.GetUtcNow();

    /// <summary>The event that a blocked handler waits for.</summary>
    protected TaskCompletionSource Gate { get; } = new();

    private Props Relayed => Props.Create<Relay>(Handler.Ref, Gate.Task);

    private Props Held()
    {
        TestActor.Tell("held");
        Gate.Task.Wait();
        return Relayed;
    }

    /// <summary>Starts a session whose handler was told Opened.</summary>
    private protected SessionClient Begin(string target = "/")
    {
        var client = SessionClient.Begin(Kit, target);
        Handler.ExpectOpened();
        Assert.Equal(client.SessionId, Handler.Expect<Ws.Attached>().SessionId);
        return client;
    }

    /// <summary>The client's socket breaks.</summary>
    private protected void Break(SessionClient client)
    {
        client.Socket.Socket.Reset();
        Handler.Expect<Ws.Detached>();
    }

    private protected void Resume(SessionClient client)
    {
        Assert.Equal("true", client.Resume());
        Assert.False(Handler.Expect<Ws.Attached>().IsNew);
    }

    protected void Tell(string text) => Handler.Tell(Ws.Send.Text(text));

    /// <summary>Expects the start of a handler that stashes until the test releases it.</summary>
    protected IActorRef ExpectStasher()
    {
        ExpectMsg("opened");
        return LastSender;
    }

    private protected void SendSome(SessionClient client, int count)
    {
        for (var i = 0; i < count; i++)
        {
            client.Send("x");
        }

        Kit.AwaitIdle();
    }

    /// <summary>The session of such a handler sends.</summary>
    protected void TellSession(IActorRef handler, string text) => Sys.ActorSelection(handler.Path.Parent).Tell(Ws.Send.Text(text));

    /// <summary>The entry point of a connection to a route of the kit.</summary>
    private protected static SessionMessages.EntryPoint EntryBy(string route) =>
        new("ws://127.0.0.1:8080", route, null, null, new Dictionary<string, string>());

    /// <summary>The number of messages that the session of the last event has received.</summary>
    protected long Messages()
    {
        var asker = CreateTestProbe();
        Handler.Connection.Tell(Ws.GetStats.Instance, asker.Ref);
        return asker.ExpectMsg<Ws.Stats>().MessagesReceived;
    }

    protected int Sessions => Sys.WebSockets().SessionHost.Quota.Sessions;

    protected long LogBytes => Sys.WebSockets().SessionHost.Quota.Bytes;

    private static Task<GuardDecision> AsUser(UpgradeRequest request, CancellationToken cancellation)
    {
        var role = request.Http.Query["role"] ?? "guest";
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, request.RouteValues["user"]), new Claim(ClaimTypes.Role, role)], "test");
        return Task.FromResult<GuardDecision>(new GuardDecision.Accepted
        {
            Principal = new ClaimsPrincipal(identity),
            Items = new Dictionary<string, string> { ["role"] = role },
        });
    }

    private async Task<GuardDecision> UntilExpiry(UpgradeRequest request, CancellationToken cancellation) =>
        (GuardDecision.Accepted)await AsUser(request, cancellation) with { ExpiresAt = Date + Lifetime };

    /// <summary>Forwards its messages; fails, stops or blocks on command.</summary>
    protected sealed class Relay(IActorRef probe, Task gate) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Received { Text: "fail" }: throw new InvalidOperationException("told to fail");
                case Ws.Received { Text: "stop" }: Context.Stop(Self); break;
                case Ws.Received { Text: "wait" }:
                    probe.Forward(message);
                    RunTask(() => gate);
                    break;
                default: probe.Forward(message); break;
            }
        }
    }

    /// <summary>Publishes the messages that it receives.</summary>
    private sealed class Publisher : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received received)
            {
                Context.System.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.FromReceived(received)));
            }
        }
    }

    /// <summary>Asks for its messages, and answers each.</summary>
    private sealed class Shout : WebSocketHandler
    {
        protected override void OnText(string text) => Connection.Tell(Ws.Send.Text(text + "!"), Self);
    }
}
