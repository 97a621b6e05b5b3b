using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Tests.Sessions;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>Three nodes that serve <c>/session</c>, whose handler reports its node, and echoes other messages.</summary>
public abstract class SessionNodes : IAsyncLifetime
{
    private protected Node[] Nodes { get; private set; } = null!;

    private protected Node A => Nodes[0];

    private protected Node B => Nodes[1];

    private protected Node C => Nodes[2];

    private protected const string Hasty = "ws-actors { drain.lead = off, drain.spread = off, sessions.hello-timeout = 5s }";

    public virtual async Task InitializeAsync() => Nodes = await Node.StartCluster(3, Hasty, Serving);

    private protected async Task JoinAsync(params Node[] nodes)
    {
        Nodes = nodes;
        await Node.Join(nodes);
    }

    private protected static RouteTable Serving(RouteTable routes) =>
        routes.Map("/session", static _ => Props.Create<Where>(), new WebSocketRouteOptions { Sessions = true });

    public async Task DisposeAsync() => await Task.WhenAll(Nodes.Select(static node => node.DisposeAsync().AsTask()));

    /// <summary>Starts a session that lives on one node, by a socket of another.</summary>
    private protected static SessionClient Begin(Node socket, Node home)
    {
        while (true)
        {
            var client = SessionClient.Begin(socket.Sockets, "/session");
            if (WhereIs(client) == home.Cluster.SelfAddress.ToString())
            {
                return client;
            }

            client.Socket.SendClose();
        }
    }

    private protected static string WhereIs(SessionClient client)
    {
        client.Send("where");
        return client.Next();
    }

    /// <summary>The node of the client's socket, as the session's handler was told.</summary>
    private protected static string WhoseSocket(SessionClient client)
    {
        client.Send("socket");
        return client.Next();
    }

    /// <summary>Reconnects until it gets a welcome.</summary>
    private protected static async Task<string> Return(SessionClient client, Node node)
    {
        client.MoveTo(node.Sockets);
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                return client.Resume();
            }
            catch (ExpectationException) when (since.Elapsed < Eventually.Patience)
            {
                // 1013: where it is going is not known yet.
                await Task.Delay(200);
            }
        }
    }

    /// <summary>Delivers until it is in the log.</summary>
    private protected static async Task Deliver(Node node, string session, long sequence, string text)
    {
        for (var attempt = 0; ; attempt++)
        {
            var deliver = new Ws.Deliver { SessionId = session, Publisher = "p", Sequence = sequence, Message = Ws.Send.Text(text) };
            try
            {
                var answer = await node.System.WebSockets().Sessions.Ask<object>(deliver, TimeSpan.FromSeconds(3));
                Assert.Equal(new Ws.Delivered { SessionId = session, Publisher = "p", Sequence = sequence }, answer);
                return;
            }
            catch (AskTimeoutException) when (attempt < 20)
            {
                // It is on its way to another node.
            }
        }
    }

    private protected static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Where : UntypedActor
    {
        private Address? _socket;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Attached attached: _socket = attached.Node; break;
                case Ws.Received { Text: "socket" }: Sender.Tell(Ws.Send.Text($"{_socket}")); break;
                case Ws.Received { Text: "join" }:
                    Sender.Tell(new Ws.Join("news") { PresenceData = new Dictionary<string, string>() });
                    break;
                case Ws.Joined joined: joined.Connection.Tell(Ws.Send.Text("joined")); break;
                case Ws.Received { Text: "where" }:
                    Sender.Tell(Ws.Send.Text(Akka.Cluster.Cluster.Get(Context.System).SelfAddress.ToString()));
                    break;
                case Ws.Received { Text: "renew" } renew:
                    renew.Connection.Tell(new Ws.Renew(null, DateTimeOffset.UtcNow.AddSeconds(3)));
                    break;
                case Ws.Renewed or Ws.Expiring: Sender.Tell(Ws.Send.Text(message.GetType().Name)); break;
                case Ws.Received received: Sender.Tell(Ws.Send.FromReceived(received)); break;
            }
        }
    }
}
