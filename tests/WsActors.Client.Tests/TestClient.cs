using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using WsActors.Tests.Loopback;

namespace WsActors.Client.Tests;

/// <summary>A system with a client in it, over real sockets, and a handler whose events the test awaits.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private static readonly Config Quiet = ConfigurationFactory.ParseString($$"""
        {{ByteSourceUnderTest.Config}}
        akka.loggers = []
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        ws-actors { tick = 20ms, client.reconnect.max-backoff = 500ms }
        """);

    private readonly ManualResetEventSlim _isOpen = new(initialState: true);

    private readonly Channel<object> _events = Channel.CreateUnbounded<object>();

    public TestClient(string config = "")
    {
        System = ActorSystem.Create(
            "client",
            ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(config).WithFallback(Quiet))));
        HandlerProps = Props.Create<Teller>(_events.Writer, _isOpen).WithDispatcher(Dispatchers.DefaultDispatcherId);
        Handler = System.ActorOf(HandlerProps);
    }

    public ActorSystem System { get; }

    public IActorRef Handler { get; }

    /// <summary>A child handler that forwards to the test like a shared one.</summary>
    public Props HandlerProps { get; }

    /// <summary>The client, once it is connected.</summary>
    public IActorRef Connection { get; private set; } = ActorRefs.Nobody;

    public async Task<Ws.Opened> Connect(IServer server, Func<ClientOptions, ClientOptions>? configure = null, params string[] subprotocols)
    {
        var connected = await System.WebSockets().ConnectAsync(new Ws.Connect($"ws://127.0.0.1:{server.Port}/", Handler)
        {
            Subprotocols = subprotocols,
            Configure = configure ?? (static options => options),
        }).WaitAsync(Patience.Time);
        Connection = connected.Connection;
        return await Expect<Ws.Opened>();
    }

    public void Tell(Ws.ICommand command) => Connection.Tell(command, Handler);

    /// <summary>The next thing that the handler is told; how much waits to be sent is passed over.</summary>
    public async Task<T> Expect<T>()
    {
        using var deadline = new CancellationTokenSource(Patience.Time);
        object next;
        do
        {
            next = await _events.Reader.ReadAsync(deadline.Token);
        }
        while (next is Ws.Congested or Ws.Writable);
        return Assert.IsType<T>(next, exactMatch: false);
    }

    public async Task<Ws.Closed> ExpectClosed(int code)
    {
        var closed = await Expect<Ws.Closed>();
        Assert.Equal(code, closed.Code);
        return closed;
    }

    /// <summary>Blocks the handlers until it is disposed.</summary>
    public IDisposable StandStill()
    {
        _isOpen.Reset();
        return new Release(_isOpen);
    }

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        _isOpen.Dispose();
    }

    private sealed class Release(ManualResetEventSlim gate) : IDisposable
    {
        public void Dispose() => gate.Set();
    }

    private sealed class Teller : UntypedActor
    {
        private readonly ChannelWriter<object> _events;

        private readonly ManualResetEventSlim _isOpen;

        public Teller(ChannelWriter<object> events, ManualResetEventSlim isOpen) => (_events, _isOpen) = (events, isOpen);

        protected override void OnReceive(object message)
        {
            _isOpen.Wait();
            _events.TryWrite(message);
        }
    }
}
