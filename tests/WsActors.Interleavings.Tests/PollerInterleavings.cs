using System.Net.Sockets;
using WsActors.Interleavings.Exploring;
using WsActors.Interleavings.Kernel;
using WsActors.Runtime;
using WsActors.Transport.Polling;
using Xunit.Abstractions;

namespace WsActors.Interleavings;

/// <summary>The start and the stop of pollers, beside sockets that come and go.</summary>
public sealed class PollerInterleavings(ITestOutputHelper output)
{
    /// <summary>An epoll that is closed is neither woken nor added to: the machine reports that.</summary>
    [Fact]
    public void A_stop_ends_the_poller_and_refuses_sockets_from_then_on() => Explore(machine =>
    {
        var group = new EventPollerGroup(new FailureLog(machine.Schedule));
        var socket = new PolledDouble(new Socket());
        machine.Schedule.Start("system", group.Stop);
        machine.Schedule.Start("acceptor", () =>
        {
            try
            {
                group.Add(socket, once: false);
                group.Remove(socket);
            }
            catch (SocketException e)
            {
                Assert.Equal(SocketError.OperationAborted, e.SocketErrorCode);
            }
        });
        return () =>
        {
            Assert.True(machine.Epolls.TrueForAll(static epoll => epoll.IsDisposed), "The poller runs.");
            Assert.True(machine.Schedule.HasAllEnded);
        };
    });

    /// <summary>The state that a socket has when it is added is reported only once.</summary>
    [Fact]
    public void A_socket_is_told_of_what_came_before_it_was_added() => Explore(machine =>
    {
        var group = new EventPollerGroup(new FailureLog(machine.Schedule));
        var ours = new PolledDouble(new Socket());
        machine.Schedule.Start("acceptor", () => group.Add(ours, once: false));
        machine.Schedule.Start("peer", () => ours.Socket.PeerSends("x"));
        return () => Assert.True((ours.Events & 0x1) != 0, "It was not told.");
    });

    /// <summary>Descriptors beyond the table's size: it grows while pollers read it.</summary>
    [Fact]
    public void No_event_is_lost_while_the_table_grows() => Explore(machine =>
    {
        var group = new EventPollerGroup(new FailureLog(machine.Schedule));
        var ours = new PolledDouble(new Socket());
        PolledDouble? last = null;
        group.Add(ours, once: false);
        machine.Schedule.Start("acceptor", () =>
        {
            while (last is null || last.Descriptor < 64)
            {
                last = new PolledDouble(new Socket());
            }

            group.Add(last, once: false);
            last.Socket.PeerSends("y");
        });
        machine.Schedule.Start("peer", () => ours.Socket.PeerSends("x"));
        return () =>
        {
            Assert.True((ours.Events & 0x1) != 0, "It was not told.");
            Assert.True((last!.Events & 0x1) != 0, "It was not told.");
        };
    });

    private void Explore(Func<Machine, Action> arrange)
    {
        var (complete, pruned) = Explorer.Explore(arrange);
        output.WriteLine($"{complete} schedules, {pruned} pruned");
    }
}
