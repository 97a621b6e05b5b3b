using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// Clients with sessions on a node that is killed: each resumes its session, or is told that it is lost. None waits for ever.
/// </summary>
public sealed class SessionsOfKilledNodeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Count = 60;

    /// <summary>
    /// The cluster downs a node after about ten seconds; then come a client's next attempt and the delay of a busy machine.
    /// </summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Trio _nodes = new();

    private readonly ActorSystem _clients = ActorSystem.Create("clients", ConfigurationFactory.ParseString("""
        akka { loggers = [], stdout-loglevel = OFF, log-dead-letters = off }
        ws-actors.client.reconnect.max-backoff = 5s
        """));

    public Task InitializeAsync() => _nodes.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _clients.Terminate();
        await _nodes.DisposeAsync();
    }

    [Fact]
    public async Task Every_client_resumes_or_is_told_that_its_session_is_lost()
    {
        await using var relay = new Relay(_nodes.C);
        var clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(number => ConnectAsync(relay, number)));
        await Task.WhenAll(clients.Select(static client => client.SayAsync("before")));

        var since = Stopwatch.StartNew();
        relay.TurnTo(_nodes.A);
        _nodes.C.Kill();
        var ends = await Task.WhenAll(clients.Select(async client => (IsLost: await client.SayAfterLossAsync("after"), since.Elapsed)))
            .WaitAsync(Bound);

        var resumed = ends.Where(static end => !end.IsLost).ToArray();
        var lost = ends.Where(static end => end.IsLost).ToArray();
        output.WriteLine(
            $"{resumed.Length} of {Count} went on, the last after {resumed.Max(static end => end.Elapsed).TotalSeconds:0.0} s");
        output.WriteLine(
            $"{lost.Length} of {Count} were lost, the last was told after {lost.Max(static end => end.Elapsed).TotalSeconds:0.0} s");
        Assert.All(ends, end => Assert.InRange(end.Elapsed, TimeSpan.Zero, Bound));
    }

    private async Task<Client> ConnectAsync(Relay relay, int number)
    {
        var events = Channel.CreateUnbounded<object>();
        var handler = _clients.ActorOf(Props.Create<Teller>(events.Writer));
        var uri = $"ws://{relay.Address.Authority}/chat/room-{number}?name=Ann";
        var connected = await _clients.WebSockets().ConnectAsync(new Ws.Connect(uri, handler)
        {
            Configure = static options => options with { Session = options.Session with { Enabled = true } },
        }).WaitAsync(Eventually.Patience);
        return new Client(connected.Connection, events.Reader);
    }

    private sealed record Client(IActorRef Connection, ChannelReader<object> Events)
    {
        private static string Say(string text) => JsonSerializer.Serialize(new { type = "say", text });

        /// <summary>Sends a line, and waits for it.</summary>
        public async Task SayAsync(string text)
        {
            Connection.Tell(Ws.Send.Text(Say(text)));
            Assert.False(await HearAsync(text));
        }

        /// <summary>Sends a line after the connection is lost; again if the session is lost, too.</summary>
        /// <returns>Whether the session was lost.</returns>
        public async Task<bool> SayAfterLossAsync(string text)
        {
            await FindAsync(static message => message is Ws.Reconnecting);
            Connection.Tell(Ws.Send.Text(Say(text)));
            if (!await HearAsync(text))
            {
                return false;
            }

            Assert.IsType<Ws.Opened>(await FindAsync(static message => message is Ws.Opened));
            await SayAsync(text);
            return true;
        }

        /// <returns>Whether the session was lost before.</returns>
        private async Task<bool> HearAsync(string text) => await FindAsync(message => message is Ws.Closed
            || (message is Ws.Received received && received.Text.Contains($"\"text\":\"{text}\"", StringComparison.Ordinal))) is Ws.Closed;

        private async Task<object> FindAsync(Func<object, bool> isMeant)
        {
            while (true)
            {
                var message = await Events.ReadAsync();
                if (isMeant(message))
                {
                    return message;
                }
            }
        }
    }

    private sealed class Teller : UntypedActor
    {
        private readonly ChannelWriter<object> _events;

        public Teller(ChannelWriter<object> events) => _events = events;

        protected override void OnReceive(object message) => _events.TryWrite(message);
    }
}
