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
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen(2 * Many);
        using var first = await Come(listening);
        var told = new Told(sockets.Provider);
        using var acceptor = (PolledAcceptor)sockets.AcceptorOf(listening, told);

        acceptor.Execute();
        Assert.Equal(Many, told.Count);

        // And from now on by themselves.
        using var next = await Come(listening);
        await Eventually.Holds(() => told.Count == 2 * Many, () => $"{told.Count} were accepted.");
        Assert.Equal(2 * Many, told.Names);
    }

    private static async Task<Peers> Come(Socket listening)
    {
        var peers = new Peers();
        for (var i = 0; i < Many; i++)
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
        private readonly ConcurrentQueue<IActorRef> _sockets = new();

        public int Count => _sockets.Count;

        public int Names => _sockets.Select(static socket => socket.Path).Distinct().Count();

        public override ActorPath Path => provider.DeadLetters.Path / "told";

        public override IActorRefProvider Provider => provider;

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is Tcp.Connected)
            {
                _sockets.Enqueue(sender);
            }
        }
    }
}
