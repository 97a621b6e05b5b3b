using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using WsActors.Tests.Loopback;
using WsActors.Transport.Polling;
using WsActors.Transport.Sockets;

namespace WsActors.Sockets.Tests.Waiting;

/// <summary>Every pending socket is accepted, however many wait for the same thread.</summary>
[Collection(OneByOne.Name)]
public sealed class AcceptSpec
{
    private const int Many = 50;

    /// <summary>Thousands of busy sockets may be polled before the listener is polled again.</summary>
    [Theory]
    [MemberData(nameof(WaitingSpec.Pollers), MemberType = typeof(WaitingSpec))]
    public async Task All_pending_sockets_are_accepted_in_one_run(Way way)
    {
        await using var sockets = new Sockets(way);
        using var listening = Listening();
        using var first = await Come(listening, Many);
        var accepted = new AcceptedSockets(sockets.Provider);
        using var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, accepted);

        acceptor.OnEvents(Epoll.In);
        Assert.Equal(Many, accepted.Count);

        // And from now on by themselves.
        using var next = await Come(listening, Many);
        await Eventually.Holds(() => accepted.Count == 2 * Many, () => $"{accepted.Count} were accepted.");
        Assert.Equal(2 * Many, accepted.Names);

        // For a blocking one, the runtime allocates its wait state.
        Assert.All(accepted.Sockets, static socket => Assert.True(socket.Socket.Blocking));
    }

    /// <summary>As when two events tell of the same one: only the poller waits for the next.</summary>
    [Fact]
    public async Task Accept_without_a_pending_socket_does_not_block()
    {
        await using var sockets = new Sockets(Way.Polled);
        using var listening = Listening();
        var accepted = new AcceptedSockets(sockets.Provider);
        using var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, accepted);

        await Task.Run(() => acceptor.OnEvents(Epoll.In)).WaitAsync(Eventually.Patience);

        using var peers = await Come(listening, 1);
        await Eventually.Holds(() => accepted.Count == 1, () => $"{accepted.Count} were accepted.");
    }

    /// <summary>As if another thread were told late of an event of the descriptor's former socket.</summary>
    [Fact]
    public async Task Two_threads_that_see_one_pending_socket_do_not_block()
    {
        const int Rounds = 300;
        await using var sockets = new Sockets(Way.Polled);
        using var listening = Listening();
        var accepted = new AcceptedSockets(sockets.Provider);
        using var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, accepted);
        using var both = new Barrier(2);
        for (var i = 1; i <= Rounds; i++)
        {
            using var peer = await Come(listening, 1);

            await Task.WhenAll(Task.Run(Execute), Task.Run(Execute)).WaitAsync(Eventually.Patience);

            // Or the poller has taken it, which waits from the first round on.
            await Eventually.Holds(() => accepted.Count == i, () => $"{accepted.Count} were accepted.");
        }

        void Execute()
        {
            both.SignalAndWait(Eventually.Patience);
            acceptor.OnEvents(Epoll.In);
        }
    }

    [Fact]
    public async Task A_socket_closed_during_accept_stops_only_its_acceptor()
    {
        for (var i = 0; i < 100; i++)
        {
            await using var sockets = new Sockets(Way.Polled);
            var accepted = new AcceptedSockets(sockets.Provider);
            var listening = Listening();
            var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, accepted);
            using var both = new Barrier(2);
            var looking = Task.Run(() =>
            {
                both.SignalAndWait(Eventually.Patience);
                acceptor.OnEvents(Epoll.In);
            });
            using var peers = await Come(listening, 1);

            both.SignalAndWait(Eventually.Patience);
            acceptor.Dispose();
            listening.Dispose();

            await looking.WaitAsync(Eventually.Patience);
            Assert.InRange(accepted.Count, 0, 1);
        }
    }

    /// <summary>The kernel gives the lowest that is free, so that the next socket has it.</summary>
    [Theory]
    [MemberData(nameof(WaitingSpec.Pollers), MemberType = typeof(WaitingSpec))]
    public async Task A_stopped_acceptor_ignores_its_descriptor(Way way)
    {
        await using var sockets = new Sockets(way);
        var accepted = new AcceptedSockets(sockets.Provider);
        var listening = Listening();
        var over = (PolledAcceptor)sockets.AcceptorOf(listening, accepted);
        over.Accept();
        over.Dispose();
        listening.Dispose();
        using var others = new Peers();
        while (others.LastOrDefault()?.Handle != over.Descriptor)
        {
            Assert.InRange(others.Count, 0, 1000);
            others.Add(Listening());
        }

        using var acceptor = sockets.AcceptorOf(others[^1], accepted);
        acceptor.Accept();
        over.Accept();
        over.Dispose();

        for (var i = 1; i <= 3; i++)
        {
            using var peer = await Come(others[^1], 1);
            await Eventually.Holds(() => accepted.Count == i, () => $"{accepted.Count} were accepted.");
        }
    }

    /// <summary>Its listener has reset all others by then.</summary>
    [Theory]
    [MemberData(nameof(WaitingSpec.Ways), MemberType = typeof(WaitingSpec))]
    public async Task A_socket_accepted_after_the_stop_is_reset(Way way)
    {
        await using var sockets = new Sockets(way);
        using var listening = Listening();
        var accepted = new AcceptedSockets(sockets.Provider);
        var acceptor = sockets.AcceptorOf(listening, accepted);
        accepted.Then = acceptor.Dispose;
        using var peers = await Come(listening, 1);

        acceptor.Accept();

        await Eventually.Holds(() => accepted.Count == 1, () => $"{accepted.Count} were accepted.");
        await Eventually.Holds(() => sockets.Count == 0, () => $"{sockets.Count} are open.");
    }

    private static Socket Listening()
    {
        var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen(2 * Many);
        return listening;
    }

    private static async Task<Peers> Come(Socket listening, int count)
    {
        var peers = new Peers();
        for (var i = 0; i < count; i++)
        {
            var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            peers.Add(peer);
            await peer.ConnectAsync(listening.LocalEndPoint!); // not null: it is bound
        }

        return peers;
    }

    private sealed class Peers : List<Socket>, IDisposable
    {
        public void Dispose() => ForEach(static peer => peer.Dispose());
    }

    private sealed class AcceptedSockets(IActorRefProvider provider) : MinimalActorRef
    {
        private readonly ConcurrentQueue<SocketConnection> _sockets = new();

        public IEnumerable<SocketConnection> Sockets => _sockets;

        public int Count => _sockets.Count;

        /// <summary>An action after each accepted socket.</summary>
        public Action? Then { get; set; }

        public int Names => _sockets.Select(static socket => socket.Path).Distinct().Count();

        public override ActorPath Path => provider.DeadLetters.Path / "told";

        public override IActorRefProvider Provider => provider;

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is Tcp.Connected)
            {
                _sockets.Enqueue((SocketConnection)sender);
                Then?.Invoke();
            }
        }
    }
}
