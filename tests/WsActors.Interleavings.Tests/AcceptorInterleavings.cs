using WsActors.Interleavings.Exploring;
using WsActors.Interleavings.Kernel;
using WsActors.Transport.Polling;
using WsActors.Transport.Sockets;
using Xunit.Abstractions;

namespace WsActors.Interleavings;

/// <summary>A listener, a poller, and peers, in every order of their steps.</summary>
public sealed class AcceptorInterleavings(ITestOutputHelper output)
{
    /// <summary>A second thread reports a late event of the descriptor's former socket.</summary>
    [Fact]
    public void All_that_connect_are_accepted() => Explore(machine =>
    {
        var (listening, acceptor, handler) = Listen(OpenSocket.NewRegistry(machine));
        acceptor.Accept();
        machine.Schedule.Start("peers", listening.PeerConnects);
        machine.Schedule.Start("late event", () => ((IPolled)acceptor).OnEvents(Epoll.In));
        return () => Assert.Equal("[Connected]", handler.Told.ToString());
    });

    [Fact]
    public void A_peer_that_connects_while_another_is_accepted_is_accepted_too() => Explore(machine =>
    {
        var (listening, acceptor, handler) = Listen(OpenSocket.NewRegistry(machine));
        acceptor.Accept();
        listening.PeerConnects();
        machine.Schedule.Start("peers", listening.PeerConnects);
        return () => Assert.Equal("[Connected][Connected]", handler.Told.ToString());
    });

    /// <summary>Its descriptor is another's then, which no rearm may touch.</summary>
    [Fact]
    public void A_listener_that_closes_leaves_its_descriptor_alone() => Explore(machine =>
    {
        var sockets = OpenSocket.NewRegistry(machine);
        var (listening, acceptor, _) = Listen(sockets);
        acceptor.Accept();
        OpenSocket? next = null;
        machine.Schedule.Start("listener", () =>
        {
            acceptor.Dispose();
            listening.Dispose();
            next = new OpenSocket(sockets);
            Assert.Equal(listening.Descriptor, next.Socket.Descriptor);
        });
        machine.Schedule.Start("peers", listening.PeerConnects);
        return () => Assert.Equal("", next!.Told);
    });

    private static (Socket Listening, Acceptor Acceptor, HandlerDouble Handler) Listen(SocketRegistry sockets)
    {
        var (listening, handler) = (new Socket(), new HandlerDouble());
        return (listening, sockets.CreateAcceptor(listening, handler, handler), handler);
    }

    private void Explore(Func<Machine, Action> arrange)
    {
        var (complete, pruned) = Explorer.Explore(arrange);
        output.WriteLine($"{complete} schedules, {pruned} pruned");
    }
}
