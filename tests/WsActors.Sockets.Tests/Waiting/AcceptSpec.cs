using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using WsActors.Tests.Loopback;
using WsActors.Transport.Sockets;

namespace WsActors.Sockets.Tests.Waiting;

/// <summary>Who comes is accepted, however many wait for the same thread.</summary>
[Collection(OneByOne.Name)]
public sealed class AcceptSpec
{
    private const int Many = 50;

    /// <summary>Thousands of busy sockets may have their turn before it is the listener's again.</summary>
    [Theory]
    [MemberData(nameof(WaitingSpec.Pollers), MemberType = typeof(WaitingSpec))]
    public async Task All_that_have_come_are_accepted_when_it_is_their_turn(Way way)
    {
        await using var sockets = new Sockets(way);
        using var listening = Listening();
        using var first = await Come(listening, Many);
        var told = new Told(sockets.Provider);
        using var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, told);

        acceptor.OnEvents(Epoll.In);
        Assert.Equal(Many, told.Count);

        // And from now on by themselves.
        using var next = await Come(listening, Many);
        await Eventually.Holds(() => told.Count == 2 * Many, () => $"{told.Count} were accepted.");
        Assert.Equal(2 * Many, told.Names);

        // For one that does not block, the runtime keeps what it would wait with.
        Assert.All(told.Sockets, static socket => Assert.True(socket.Socket.Blocking));
    }

    /// <summary>As when two events tell of the same one: only the poller waits for the next.</summary>
    [Fact]
    public async Task When_none_has_come_nobody_waits_in_the_call_that_accepts()
    {
        await using var sockets = new Sockets(Way.Polled);
        using var listening = Listening();
        var told = new Told(sockets.Provider);
        using var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, told);

        await Task.Run(() => acceptor.OnEvents(Epoll.In)).WaitAsync(Eventually.Patience);

        using var peers = await Come(listening, 1);
        await Eventually.Holds(() => told.Count == 1, () => $"{told.Count} were accepted.");
    }

    /// <summary>As where another thread is told late what happened to the former socket of the descriptor.</summary>
    [Fact]
    public async Task Of_two_threads_that_see_the_same_one_neither_waits_for_the_next()
    {
        const int Rounds = 300;
        await using var sockets = new Sockets(Way.Polled);
        using var listening = Listening();
        var told = new Told(sockets.Provider);
        using var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, told);
        using var both = new Barrier(2);
        for (var i = 1; i <= Rounds; i++)
        {
            using var peer = await Come(listening, 1);

            await Task.WhenAll(Task.Run(Execute), Task.Run(Execute)).WaitAsync(Eventually.Patience);

            // Or the poller has taken it, which waits from the first round on.
            await Eventually.Holds(() => told.Count == i, () => $"{told.Count} were accepted.");
        }

        void Execute()
        {
            both.SignalAndWait(Eventually.Patience);
            acceptor.OnEvents(Epoll.In);
        }
    }

    [Fact]
    public async Task One_whose_socket_closes_while_it_looks_is_over_and_nothing_else()
    {
        for (var i = 0; i < 100; i++)
        {
            await using var sockets = new Sockets(Way.Polled);
            var told = new Told(sockets.Provider);
            var listening = Listening();
            var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, told);
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
            Assert.InRange(told.Count, 0, 1);
        }
    }

    /// <summary>The kernel gives the lowest that is free, so that the next socket has it.</summary>
    [Theory]
    [MemberData(nameof(WaitingSpec.Pollers), MemberType = typeof(WaitingSpec))]
    public async Task One_that_is_over_has_nothing_to_say_of_its_descriptor(Way way)
    {
        await using var sockets = new Sockets(way);
        var told = new Told(sockets.Provider);
        var listening = Listening();
        var over = (PolledAcceptor)sockets.AcceptorOf(listening, told);
        over.Accept();
        over.Dispose();
        listening.Dispose();
        using var others = new Peers();
        while (others.LastOrDefault()?.Handle != over.Descriptor)
        {
            Assert.InRange(others.Count, 0, 1000);
            others.Add(Listening());
        }

        using var acceptor = sockets.AcceptorOf(others[^1], told);
        acceptor.Accept();
        over.Accept();
        over.Dispose();

        for (var i = 1; i <= 3; i++)
        {
            using var peer = await Come(others[^1], 1);
            await Eventually.Holds(() => told.Count == i, () => $"{told.Count} were accepted.");
        }
    }

    /// <summary>Its listener has reset all others by then.</summary>
    [Theory]
    [MemberData(nameof(WaitingSpec.Ways), MemberType = typeof(WaitingSpec))]
    public async Task What_is_accepted_at_the_very_end_is_reset(Way way)
    {
        await using var sockets = new Sockets(way);
        using var listening = Listening();
        var told = new Told(sockets.Provider);
        var acceptor = sockets.AcceptorOf(listening, told);
        told.Then = acceptor.Dispose;
        using var peers = await Come(listening, 1);

        acceptor.Accept();

        await Eventually.Holds(() => told.Count == 1, () => $"{told.Count} were accepted.");
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

    private sealed class Told(IActorRefProvider provider) : MinimalActorRef
    {
        private readonly ConcurrentQueue<SocketConnection> _sockets = new();

        public IEnumerable<SocketConnection> Sockets => _sockets;

        public int Count => _sockets.Count;

        /// <summary>What it does each time.</summary>
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
