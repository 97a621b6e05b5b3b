using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;
using WsActors.Transport;

namespace WsActors.Tests;

/// <summary>A pong may arrive before its ping's write completes, or never.</summary>
public sealed class EarlyPongSpec : WebSocketSpec
{
    private static readonly byte[] PongOne = ClientProbe.Frame(Opcode.Pong, [0, 0, 0, 0, 0, 0, 0, 1]);

    [Fact]
    public void A_pong_received_before_the_write_completes_keeps_the_connection()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        client.Socket.StopReading();
        kit.Advance(Seconds(25));

        client.Send(PongOne);
        kit.AwaitIdle();
        client.Socket.ResumeReading();

        client.ExpectPing();
        kit.Advance(Seconds(24));
        Handler.ExpectNothing();
        Assert.False(client.Socket.IsReset);
        kit.Advance(Seconds(1));
        client.ExpectPing();
    }

    [Fact]
    public void Ponged_is_told_for_a_pong_received_before_the_write_completes()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        client.Socket.StopReading();
        Handler.Tell(Ws.Ping.Instance);
        kit.Advance(Seconds(2));

        client.Send(PongOne);

        Assert.Equal(Seconds(2), Handler.Expect<Ws.Ponged>().RoundTrip);
    }

    [Fact]
    public void Unanswered_pings_to_a_sending_peer_do_not_accumulate()
    {
        var pendingPings = new PendingPings();
        var sendQueue = new SendQueue(Role.Server, new BufferPool(), maxBytes: 1024, new AckNotifier(ActorRefs.Nobody), ActorRefs.Nobody);
        for (var i = 0; i < 10_000; i++)
        {
            pendingPings.Send(sendQueue, asker: null);
            Assert.True(sendQueue.TryStartWrite(out _));
            sendQueue.CompleteWrite();
            Assert.True(pendingPings.MarkSent(sendQueue.LastTaken, TimeSpan.Zero));
        }

        byte[] last = [0, 0, 0, 0, 0, 0, 0x27, 0x10];
        Assert.Equal(16, pendingPings.TakeAnswered(last, TimeSpan.Zero, writeSince: null).Count());
    }
}
