using Akka.IO;
using WsActors.Interleavings.Exploring;
using WsActors.Interleavings.Kernel;
using Xunit.Abstractions;

namespace WsActors.Interleavings;

/// <summary>A poller, a connection and its peer, in every order of their steps.</summary>
public sealed class SocketInterleavings(ITestOutputHelper output)
{
    private const string FiveReads = "abcdefghijklmnopq";

    /// <summary>The buffer has four bytes: some reads fill it, and some do not.</summary>
    [Theory]
    [InlineData("abcde", "")]
    [InlineData("ab", "c")]
    public void All_bytes_are_read_whenever_they_come(string first, string second) => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine));
        machine.Schedule.Start("handler", ours.Resume);
        machine.Schedule.Start("peer", () =>
        {
            ours.Socket.PeerSends(first);
            if (second.Length > 0)
            {
                ours.Socket.PeerSends(second);
            }
        });
        return () => Assert.Equal(first + second, ours.Told);
    });

    [Fact]
    public void The_end_is_read_behind_all_bytes() => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine));
        machine.Schedule.Start("handler", ours.Resume);
        machine.Schedule.Start("peer", () =>
        {
            ours.Socket.PeerSends("ab");
            ours.Socket.PeerCloses();
        });
        return () =>
        {
            Assert.Equal("ab[PeerClosed]", ours.Told);
            ours.ExpectGone();
        };
    });

    /// <summary>Behind the fourth read in a row the poller handles other events first.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_socket_whose_bytes_do_not_end_is_read_on_behind_the_others(bool isClosed) => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine), received: FiveReads);
        ours.Resume();
        machine.Schedule.Start("peer", () =>
        {
            ours.Socket.PeerSends("x");
            if (isClosed)
            {
                ours.Socket.PeerCloses();
            }
        });
        return () => Assert.Equal(FiveReads + (isClosed ? "x[PeerClosed]" : "x"), ours.Told);
    });

    [Fact]
    public void A_socket_that_is_to_be_read_on_may_be_reset() => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine), received: FiveReads);
        ours.Resume();
        machine.Schedule.Start("handler", ours.Abort);
        return () =>
        {
            Assert.EndsWith("[Aborted]", ours.Told, StringComparison.Ordinal);
            ours.ExpectGone();
        };
    });

    [Fact]
    public void A_reset_is_found_beside_a_read() => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine));
        machine.Schedule.Start("handler", ours.Resume);
        machine.Schedule.Start("peer", () =>
        {
            ours.Socket.PeerSends("ab");
            ours.Socket.PeerResets();
        });
        return () =>
        {
            Assert.True(ours.Told is "ab[ErrorClosed]" or "[ErrorClosed]", ours.Told);
            ours.ExpectGone();
        };
    });

    [Fact]
    public void A_write_is_acknowledged_whenever_there_is_room() => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine), sendRoom: 1);
        machine.Schedule.Start("handler", () =>
        {
            ours.Write("abc", "<1>");
            ours.Connection.Tell(Tcp.Close.Instance, ours.Handler);
        });
        machine.Schedule.Start("peer", () => ours.Socket.PeerReads(2));
        return () =>
        {
            Assert.Equal(("abc", "<1>[Closed]", true), (ours.Socket.Sent, ours.Told, ours.Socket.IsShutDown));
            ours.ExpectGone();
        };
    });

    [Fact]
    public void Writes_leave_in_order() => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine), sendRoom: 1);
        machine.Schedule.Start("handler", () =>
        {
            ours.Write("ab", "<1>");
            ours.Write("c", "<2>");
        });
        machine.Schedule.Start("peer", () => ours.Socket.PeerReads(2));
        return () => Assert.Equal(("abc", "<1><2>"), (ours.Socket.Sent, ours.Told));
    });

    [Fact]
    public void Reads_and_writes_do_not_disturb_each_other() => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine), sendRoom: 1);
        ours.Resume();
        machine.Schedule.Start("handler", () => ours.Write("ab", "<1>"));
        machine.Schedule.Start("peer", () =>
        {
            ours.Socket.PeerSends("x");
            ours.Socket.PeerReads(1);
        });
        return () =>
        {
            Assert.Equal("ab", ours.Socket.Sent);
            Assert.True(ours.Told is "x<1>" or "<1>x", ours.Told);
        };
    });

    [Fact]
    public void An_abort_is_told_once_whatever_waits_and_comes() => Explore(Abort);

    /// <summary>TLS reads without the connection's gate: its read must not wait for ever where the socket closes beside it.</summary>
    [Fact]
    public void A_reader_without_the_gate_finds_the_socket_closed() => Explore(machine =>
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine));
        var reader = new UngatedReader(ours.Connection);
        ours.Socket.PeerSends("x");
        machine.Schedule.Start("reader", reader.Start);
        machine.Schedule.Start("handler", ours.Abort);
        return () =>
        {
            Assert.True(reader.HasFoundClosed, "It waits for ever.");
            ours.ExpectGone();
        };
    });

    /// <summary>The poller of the former socket may report an event late, when the next socket has the descriptor.</summary>
    [Fact]
    public void The_next_socket_of_a_descriptor_gets_all_its_bytes() => Explore(
        machine =>
        {
            var sockets = OpenSocket.NewRegistry(machine);
            var pollers = sockets.StartPollers();
            var former = new PolledDouble(new Socket());
            pollers.Add(former, once: false);
            OpenSocket? next = null;
            machine.Schedule.Start("handler", () =>
            {
                pollers.Remove(former);
                former.Socket.Dispose();
                next = new OpenSocket(sockets, received: "y");
                Assert.Equal(former.Descriptor, next.Socket.Descriptor);
                next.Resume();
            });
            return () => Assert.Equal("y", next!.Told);
        },
        processors: 2);

    /// <summary>Of a scenario that is small enough for all orders.</summary>
    [Fact]
    public void The_reduction_leaves_out_no_order_that_makes_a_difference()
    {
        var all = Explorer.Explore(Abort, reduces: false);
        var reduced = Explorer.Explore(Abort);
        Assert.Equal(all.Complete, reduced.Complete);
        Assert.True(reduced.Pruned < all.Pruned / 4, $"It left {reduced.Pruned} of {all.Pruned}.");
    }

    private static Action Abort(Machine machine)
    {
        var ours = new OpenSocket(OpenSocket.NewRegistry(machine), sendRoom: 1);
        ours.Resume();
        ours.Write("ab", "<1>");
        machine.Schedule.Start("handler", ours.Abort);
        machine.Schedule.Start("peer", () =>
        {
            ours.Socket.PeerSends("x");
            ours.Socket.PeerReads(1);
        });
        return () =>
        {
            Assert.EndsWith("[Aborted]", ours.Told, StringComparison.Ordinal);
            Assert.Equal("", ours.Told.Replace("[Aborted]", "").Replace("x", "").Replace("<1>", ""));
            ours.ExpectGone();
        };
    }

    private void Explore(Func<Machine, Action> arrange, int processors = 1)
    {
        var (complete, pruned) = Explorer.Explore(arrange, processors);
        output.WriteLine($"{complete} schedules, {pruned} pruned");
    }
}
