using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.IO;
using WsActors.Tests.Loopback;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests.Waiting;

/// <summary>The pollers end with their sockets, and with the system.</summary>
[Collection(OneByOne.Name)]
public sealed class EndsSpec
{
    [Theory]
    [MemberData(nameof(WaitingSpec.Pollers), MemberType = typeof(WaitingSpec))]
    public async Task Thousands_of_closed_sockets_leave_no_descriptor_and_no_entry(Way way)
    {
        await using var sockets = new Sockets(way);
        await Visit(sockets, 1);
        var before = Proc.Descriptors("socket:");
        var gone = new List<WeakReference>();

        // Some at a time, so that descriptors are taken again in another order.
        for (var i = 0; i < 100; i++)
        {
            gone.AddRange(await Visit(sockets, 20));
        }

        Assert.Equal((0, 0), (sockets.Count, sockets.RentedBuffers));
        Assert.InRange(Proc.Descriptors("socket:"), 0, before);
        await Eventually.Holds(
            () =>
            {
                GC.Collect();
                return gone.Count(static one => one.IsAlive) <= 20;
            },
            () => $"{gone.Count(static one => one.IsAlive)} are held by somebody.");
    }

    [Fact]
    public async Task Poller_threads_and_their_descriptors_end_with_the_system()
    {
        if (!ByteSourceUnderTest.HasPollers)
        {
            return;
        }

        // From now on the runtime has its own.
        using var warm = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAnyAsync<SocketException>(async () => await warm.ConnectAsync("127.0.0.1", 1));
        var before = (
            Proc.Pollers(Environment.ProcessId), Proc.Descriptors("anon_inode:[eventpoll]"), Proc.Descriptors("anon_inode:[eventfd]"));
        var threads = Environment.ProcessorCount;
        await using (var server = await LoopbackServer.Start(Reaction.Echo))
        {
            using var client = await server.Connect();
            await client.Send(Wire.Text("hi"));
            Assert.Equal("hi", (await client.ReadFrame()).Text);
            Assert.Equal(
                (before.Item1 + threads, before.Item2 + threads, before.Item3 + threads),
                (
                    Proc.Pollers(Environment.ProcessId),
                    Proc.Descriptors("anon_inode:[eventpoll]"),
                    Proc.Descriptors("anon_inode:[eventfd]")));
        }

        await Eventually.Holds(
            () =>
                before == (
                    Proc.Pollers(Environment.ProcessId),
                    Proc.Descriptors("anon_inode:[eventpoll]"),
                    Proc.Descriptors("anon_inode:[eventfd]")),
            () =>
                $"{Proc.Pollers(Environment.ProcessId)} threads wait for sockets, {Proc.Descriptors("anon_inode:[eventpoll]")} "
                    + "descriptors are open for that.");
    }

    /// <summary>Connections that open, exchange messages and end in different ways.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> Visit(Sockets sockets, int count)
    {
        var all = new List<(Heard Ours, Socket Peer)>();
        for (var i = 0; i < count; i++)
        {
            all.Add(await sockets.Connect());
        }

        for (var i = 0; i < count; i++)
        {
            var (ours, peer) = all[i * 7 % count];
            peer.Send("hi"u8);
            Assert.Equal("hi", await ours.Read());
            ours.Resume();
            if (i % 2 == 0)
            {
                ours.Connection.Tell(Tcp.Abort.Instance);
                Assert.IsType<Tcp.Aborted>(await ours.Next());
            }
            else
            {
                peer.Close();
                Assert.IsType<Tcp.PeerClosed>(await ours.Next());
                ours.Connection.Tell(Tcp.Close.Instance);
                Assert.IsType<Tcp.Closed>(await ours.Next());
            }

            peer.Dispose();
        }

        return all.ConvertAll(static one => new WeakReference(one.Ours.Connection));
    }
}
