using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Tests.Loopback;
using WsActors.Transport.Polling;
using WsActors.Transport.Sockets;
using WsActors.Transport.Sources;

namespace WsActors.Sockets.Tests.Waiting;

/// <summary>A socket reports each event once, by every kind of polling.</summary>
[Collection(OneByOne.Name)]
public sealed class WaitingSpec
{
    public static TheoryData<Way> Ways => OperatingSystem.IsLinux() ? [Way.Polled, Way.WithoutPollers] : [Way.WithoutPollers];

    public static TheoryData<Way> Pollers => OperatingSystem.IsLinux() ? [Way.Polled] : [];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Bytes_that_arrived_before_the_read_are_read_and_an_idle_socket_holds_no_buffer(Way way)
    {
        await using var sockets = new Sockets(way);
        var (ours, peer) = await sockets.Connect(static peer => peer.Send("early"u8));

        Assert.Equal("early", await ours.Read());
        peer.Send("between"u8);
        Assert.Equal("between", await ours.Read());
        ours.Resume();
        Assert.Equal(0, sockets.RentedBuffers);
        peer.Send("late"u8);
        Assert.Equal("late", await ours.Next());

        ours.Connection.Tell(Tcp.Abort.Instance);
        Assert.IsType<Tcp.Aborted>(await ours.Next());
        Assert.Equal(0, sockets.Count);
    }

    /// <summary>The poller tells of both at once, and not again: a read that does not fill its room is not the last.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_end_with_the_last_bytes_is_reported(Way way)
    {
        await using var sockets = new Sockets(way);
        var (ours, _) = await sockets.Connect(static peer =>
        {
            peer.Send("last"u8);
            peer.Shutdown(SocketShutdown.Send);
        });

        Assert.Equal("last", await ours.Read());
        Assert.IsType<Tcp.PeerClosed>(await ours.Read());

        // A second request is answered, too.
        Assert.IsType<Tcp.PeerClosed>(await ours.Read());
        ours.Connection.Tell(Tcp.ConfirmedClose.Instance);
        Assert.IsType<Tcp.ConfirmedClosed>(await ours.Next());
        Assert.Equal(0, sockets.RentedBuffers);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_reset_is_reported_to_a_pending_read(Way way)
    {
        await using var sockets = new Sockets(way);
        var (ours, peer) = await sockets.Connect();
        ours.Resume();

        Reset(peer);

        Assert.Equal("Connection reset by peer", Assert.IsType<Tcp.ErrorClosed>(await ours.Next()).Cause);
        Assert.Equal((0, 0), (sockets.Count, sockets.RentedBuffers));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_reset_without_a_pending_read_is_reported_to_the_next_read(Way way)
    {
        await using var sockets = new Sockets(way);
        var (ours, peer) = await sockets.Connect();

        Reset(peer);
        await AwaitPollers(sockets);

        Assert.True(ours.IsQuiet);
        Assert.IsType<Tcp.ErrorClosed>(await ours.Read());
    }

    /// <summary>A read stops before an urgent byte, even with bytes behind it (RFC 9293 §3.8.5).</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Bytes_behind_urgent_data_are_read_at_once(Way way)
    {
        await using var sockets = new Sockets(way);
        var (ours, _) = await sockets.Connect(static peer =>
        {
            peer.Send("before"u8);
            peer.Send("!"u8, SocketFlags.OutOfBand);
            peer.Send("behind"u8);
        });

        Assert.Equal("beforebehind", await ours.ReadText(12));
        ours.Resume();
        Assert.Equal(0, sockets.RentedBuffers);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_large_write_to_a_slow_peer_completes_and_is_acknowledged(Way way)
    {
        var bytes = RandomNumberGenerator.GetBytes(2_000_000);
        await using var sockets = new Sockets(way);
        var (ours, peer) = await sockets.Connect(bufferBytes: 8 * 1024);
        Assert.False(ours.Connection.TryWrite(new SourceSender.PendingWrite(bytes, "first", ours)));
        Assert.False(ours.Connection.TryWrite(new SourceSender.PendingWrite("behind"u8.ToArray(), "second", ours)));
        ours.Connection.Tell(Tcp.Close.Instance);

        var came = new MemoryStream();
        var room = new byte[50_000];
        for (int count; (count = await peer.ReceiveAsync(room)) > 0; await Task.Yield())
        {
            Assert.True(ours.IsQuiet || came.Length + count > bytes.Length / 2, "What has not left is acknowledged.");
            came.Write(room, 0, count);
        }

        Assert.Equal([.. bytes, .. "behind"u8], came.ToArray());
        Assert.Equal("first", await ours.Next());
        Assert.Equal("second", await ours.Next());
        Assert.IsType<Tcp.Closed>(await ours.Next());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_pending_write_to_a_peer_that_never_reads_ends_with_its_reset(Way way)
    {
        await using var sockets = new Sockets(way);
        var (ours, peer) = await sockets.Connect(bufferBytes: 8 * 1024);
        Assert.False(ours.Connection.TryWrite(new SourceSender.PendingWrite(new byte[2_000_000], "never", ours)));

        Reset(peer);

        Assert.IsType<Tcp.ErrorClosed>(await ours.Next());
        Assert.True(ours.IsQuiet);
    }

    /// <summary>
    /// The kernel holds last bytes back for the end, but not for long: one of many has both together even where all is slow.
    /// </summary>
    [Theory]
    [MemberData(nameof(Pollers))]
    public async Task The_last_bytes_are_sent_before_the_end(Way way)
    {
        await using var sockets = new Sockets(way);
        for (var i = 0; i < 50; i++)
        {
            var (ours, peer) = await sockets.Connect();
            var before = SegmentsThatCameTo(peer);
            Assert.True(ours.Connection.TryWrite(new SourceSender.PendingWrite("last"u8.ToArray(), null, ours, IsLast: true)));
            ours.Connection.Tell(Tcp.ConfirmedClose.Instance);

            var room = new byte[10];
            Assert.Equal(4, await peer.ReceiveAsync(room).WaitAsync(Eventually.Patience));
            Assert.Equal(0, await peer.ReceiveAsync(room).WaitAsync(Eventually.Patience));
            var segments = SegmentsThatCameTo(peer) - before;
            peer.Dispose();
            if (segments == 1)
            {
                return;
            }

            Assert.Equal(2, segments);
        }

        Assert.Fail("The end never came with the last bytes.");
    }

    /// <summary>Events of the previous socket of the descriptor.</summary>
    [Theory]
    [MemberData(nameof(Pollers))]
    public async Task Events_of_a_closed_socket_do_not_affect_another(Way way)
    {
        await using var sockets = new Sockets(way);
        var (ours, peer) = await sockets.Connect();
        var bytes = (PolledSocket)ours.Connection.NonBlockingSocket;

        // Before a wait, during one, and with bytes available.
        bytes.OnEvents(uint.MaxValue);
        Assert.True(ours.IsQuiet);
        ours.Resume();
        bytes.OnEvents(uint.MaxValue);
        Assert.Equal((true, 0), (ours.IsQuiet, sockets.RentedBuffers));
        peer.Send("hi"u8);
        Assert.Equal("hi", await ours.Next());
        bytes.OnEvents(uint.MaxValue);
        ours.Resume();
        Assert.Equal((true, 0), (ours.IsQuiet, sockets.RentedBuffers));
        peer.Send("there"u8);
        Assert.Equal("there", await ours.Next());
        Assert.True(ours.Connection.TryWrite(new SourceSender.PendingWrite("hi"u8.ToArray(), null, ours)));
        Assert.Equal(2, await peer.ReceiveAsync(new byte[10]));

        // And to one that is closed.
        ours.Connection.Tell(Tcp.Abort.Instance);
        Assert.IsType<Tcp.Aborted>(await ours.Next());
        bytes.OnEvents(uint.MaxValue);
        Assert.True(ours.IsQuiet);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public async Task A_throwing_callback_closes_only_its_own_socket(Way way)
    {
        await using var sockets = new Sockets(way);
        var others = new List<(Heard Ours, Socket Peer)>();
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
        {
            var (failing, its) = await sockets.Connect();
            others.Add(await sockets.Connect());
            failing.Fails = true;
            failing.Resume();
            its.Send("hi"u8);

            if (i == 0)
            {
                // Of each minute the first is logged.
                Assert.Equal("as ordered", Assert.IsAssignableFrom<Error>(sockets.Errors.Receive(Eventually.Patience)).Cause.Message);
            }

            Assert.Equal(
                SocketError.ConnectionReset,
                (await Assert.ThrowsAsync<SocketException>(() => its.ReceiveAsync(new byte[1]))).SocketErrorCode);
        }

        foreach (var (ours, peer) in others)
        {
            peer.Send("hi"u8);
            Assert.Equal("hi", await ours.Read());
        }
    }

    /// <summary>Linux's <c>tcpi_segs_in</c>.</summary>
    private static int SegmentsThatCameTo(Socket peer)
    {
        const int Tcp = 6, Info = 11, SegmentsIn = 140;
        var info = new byte[SegmentsIn + 4];
        peer.GetRawSocketOption(Tcp, Info, info);
        return BitConverter.ToInt32(info, SegmentsIn);
    }

    /// <summary>Each poller has handled the events until now: each gets the next socket in turn, and reports an event of it.</summary>
    private static async Task AwaitPollers(Sockets sockets)
    {
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            var (ours, peer) = await sockets.Connect();
            ours.Resume();
            peer.Send("now"u8);
            Assert.Equal("now", await ours.Next());
        }
    }

    private static void Reset(Socket peer)
    {
        peer.LingerState = new LingerOption(true, 0);
        peer.Close();
    }
}
