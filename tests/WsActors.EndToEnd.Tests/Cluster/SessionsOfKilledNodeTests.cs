using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>Clients that keep their sessions, on a node that is killed: each goes on with its session, or is told that it is lost. Nobody is left waiting.</summary>
public sealed class SessionsOfKilledNodeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Count = 60;

    /// <summary>The cluster gives a node up after about ten seconds; a client then waits for its next attempt, and what a busy machine adds.</summary>
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
        var ends = await Task.WhenAll(clients.Select(async client => (IsLost: await client.SayAfterLossAsync("after"), since.Elapsed))).WaitAsync(Bound);

        var resumed = ends.Where(static end => !end.IsLost).ToArray();
        var lost = ends.Where(static end => end.IsLost).ToArray();
        output.WriteLine($"{resumed.Length} of {Count} went on, the last after {resumed.Max(static end => end.Elapsed).TotalSeconds:0.0} s");
        output.WriteLine($"{lost.Length} of {Count} were lost, the last was told after {lost.Max(static end => end.Elapsed).TotalSeconds:0.0} s");
        Assert.All(ends, end => Assert.InRange(end.Elapsed, TimeSpan.Zero, Bound));
    }

    private async Task<Client> ConnectAsync(Relay relay, int number)
    {
        var told = Channel.CreateUnbounded<object>();
        var handler = _clients.ActorOf(Props.Create<Teller>(told.Writer));
        var connected = await _clients.WebSockets().Connect(new Ws.Connect($"ws://{relay.Address.Authority}/chat/room-{number}?name=Ann", handler)
        {
            Configure = static options => options with { KeepsSession = true },
        }).WaitAsync(Eventually.Patience);
        return new Client(connected.Connection, told.Reader);
    }

    private sealed record Client(IActorRef Connection, ChannelReader<object> Told)
    {
        private static string Say(string text) => JsonSerializer.Serialize(new { type = "say", text });

        /// <summary>Says it, and hears it.</summary>
        public async Task SayAsync(string text)
        {
            Connection.Tell(Ws.Send.Text(Say(text)));
            Assert.False(await HearAsync(text));
        }

        /// <summary>Says it when the connection is lost; once more if the session is, too.</summary>
        /// <returns>Whether the session was lost.</returns>
        public async Task<bool> SayAfterLossAsync(string text)
        {
            await FindAsync(static told => told is Ws.Reconnecting);
            Connection.Tell(Ws.Send.Text(Say(text)));
            if (!await HearAsync(text))
            {
                return false;
            }

            Assert.IsType<Ws.Opened>(await FindAsync(static told => told is Ws.Opened));
            await SayAsync(text);
            return true;
        }

        /// <returns>Whether the session was lost before.</returns>
        private async Task<bool> HearAsync(string text) => await FindAsync(told => told is Ws.Closed
            || (told is Ws.Received received && received.Text.Contains($"\"text\":\"{text}\"", StringComparison.Ordinal))) is Ws.Closed;

        private async Task<object> FindAsync(Func<object, bool> isMeant)
        {
            while (true)
            {
                var told = await Told.ReadAsync();
                if (isMeant(told))
                {
                    return told;
                }
            }
        }
    }

    private sealed class Teller : UntypedActor
    {
        private readonly ChannelWriter<object> _told;

        public Teller(ChannelWriter<object> told) => _told = told;

        protected override void OnReceive(object message) => _told.TryWrite(message);
    }
}
