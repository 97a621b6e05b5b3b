using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;
using WsActors.Transport;

namespace WsActors.Tests;

/// <summary>A pong may overtake the word that its ping's write was taken, and it may never come.</summary>
public sealed class EarlyPongSpec : WebSocketSpec
{
    private static readonly byte[] PongOne = ClientProbe.Frame(Opcode.Pong, [0, 0, 0, 0, 0, 0, 0, 1]);

    [Fact]
    public void A_peer_whose_pong_came_before_the_write_was_done_is_not_taken_for_dead()
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
    public void The_asker_is_told_of_a_pong_that_came_before_the_write_was_done()
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
    public void Pings_that_a_talking_peer_never_answers_do_not_pile_up()
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
