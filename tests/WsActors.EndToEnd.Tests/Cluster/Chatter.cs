using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Akka.Actor;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// A person in a room of the chat with a session, who says consecutive numbers, each once, and records the lines of others.
/// </summary>
internal sealed class Chatter : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Hearing> _heard = [];

    private readonly ConcurrentDictionary<string, bool> _here = [];

    private readonly Balancer _road;

    private readonly IActorRef _handler;

    private Chatter(ActorSystem people, string name, Balancer road)
    {
        (Name, _road) = (name, road);
        _handler = people.ActorOf(Props.Create<Handler>(this));
    }

    public string Name { get; }

    /// <summary>The machine of its connection; null without a connection.</summary>
    public Machine? By => _road.Current;

    /// <summary>The number of its sessions: each after the first replaced a lost one.</summary>
    public int Sessions { get; private set; }

    /// <summary>Why its connections ended, or could not be made.</summary>
    public ConcurrentQueue<string> Returns { get; } = [];

    /// <summary>The last number that it has sent.</summary>
    public int Said { get; private set; }

    /// <summary>The number of its lines that were lost with a session: they may have been delivered, or not.</summary>
    public int Uncertain { get; private set; }

    /// <summary>The members, as it was told.</summary>
    public IEnumerable<string> Here => _here.Keys.Order();

    private bool IsClosed { get; set; }

    /// <summary>Connects through one machine, and waits for the welcome.</summary>
    public static async Task<Chatter> EnterAsync(ActorSystem people, Machines machines, string name, Machine by)
    {
        var chatter = new Chatter(people, name, new Balancer(machines, by));
        var uri = $"ws://127.0.0.1:{chatter._road.Port}/chat/tea?name={name}&tab=tab-of-{name}";
        await people.WebSockets().ConnectAsync(new Ws.Connect(uri, chatter._handler) { Configure = Hasty });
        await Eventually.Holds(() => chatter.Here.Contains(name), () => $"not welcomed: {chatter}");
        return chatter;
    }

    /// <summary>The lines of one person that it got.</summary>
    public Hearing Of(string name) => _heard.GetOrAdd(name, static _ => new Hearing());

    /// <summary>Sends a number now, and one every fifth of a second.</summary>
    public void Talk() => _handler.Tell(Pace.Talks);

    /// <summary>Sends one more number.</summary>
    public void SayOne() => _handler.Tell(Pace.Says);

    /// <summary>Stops sending.</summary>
    public Task HushAsync() => _handler.Ask<Pace>(Pace.Hushes, Eventually.Patience);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: by {By?.Node}, {Sessions} sessions, sees {string.Join(' ', Here)}, hears "
            + $"{string.Join(", ", _heard.Select(static one => $"{one.Key} {one.Value.Last}"))}, said {Said}; returns: "
            + $"{string.Join(' ', Returns)}");

    public async ValueTask DisposeAsync()
    {
        _handler.Tell(Pace.Leaves);
        await Eventually.Holds(() => IsClosed, () => $"{Name} does not come to an end");
        await _road.DisposeAsync();
    }

    private static ClientOptions Hasty(ClientOptions options) => options with
    {
        Session = options.Session with { Enabled = true },
        ConnectTimeout = TimeSpan.FromSeconds(5),
        Reconnect = options.Reconnect with { MinBackoff = TimeSpan.FromMilliseconds(200), MaxBackoff = TimeSpan.FromSeconds(1) },
        KeepAlive = options.KeepAlive with { PingInterval = TimeSpan.FromSeconds(1), PongTimeout = TimeSpan.FromSeconds(3) },
    };

    private void Hear(string text)
    {
        using var json = JsonDocument.Parse(text);
        var message = json.RootElement;
        switch (Text("type"))
        {
            case "welcome":
                _here.Clear();
                foreach (var one in message.GetProperty("here").EnumerateArray())
                {
                    _here[one.GetString()!] = true; // it is a text
                }

                break;
            case "joined": _here[Text("name")] = true; break;
            case "left": _here.TryRemove(Text("name"), out _); break;
            case "said": Of(Text("name")).Add(int.Parse(Text("text"), CultureInfo.InvariantCulture)); break;
        }

        string Text(string property) => message.GetProperty(property).GetString()!; // it is a text
    }

    private enum Pace
    {
        Talks,
        Says,
        Hushes,
        Leaves,
    }

    private sealed class Handler : ReceiveActor, IWithTimers
    {
        public Handler(Chatter me)
        {
            IActorRef connection = ActorRefs.Nobody;
            Receive<Ws.Opened>(opened =>
            {
                connection = opened.Connection;
                me.Sessions++;
                me.IsClosed = false;
            });
            Receive<Ws.Received>(message => me.Hear(message.Text));
            Receive<Ws.Reconnecting>(reconnecting => me.Returns.Enqueue(reconnecting.Reason));
            Receive<Ws.SendFailed>(_ => me.Uncertain++);
            Receive<Ws.Closed>(closed =>
            {
                me.Returns.Enqueue($"Its session ended with {closed.Code}.");
                me.IsClosed = true;
            });
            Receive<Pace>(pace =>
            {
                switch (pace)
                {
                    case Pace.Talks: Timers.StartPeriodicTimer(Pace.Says, Pace.Says, TimeSpan.Zero, TimeSpan.FromMilliseconds(200)); break;
                    case Pace.Says:
                        var number = ++me.Said;
                        connection.Tell(Ws.Send.Text($$"""{"type":"say","text":"{{number}}"}""") with { Ack = number });
                        break;
                    case Pace.Hushes:
                        Timers.CancelAll();
                        Sender.Tell(pace);
                        break;
                    case Pace.Leaves: connection.Tell(new Ws.Close()); break;
                }
            });
        }

        public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the first message.
    }
}
