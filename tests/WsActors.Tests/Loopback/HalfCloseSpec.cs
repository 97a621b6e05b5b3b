using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A client that half-closes after its last message, and waits for the answer.</summary>
[Collection(OneByOne.Name)]
public sealed class HalfCloseSpec
{
    private readonly byte[] _answer = RandomNumberGenerator.GetBytes(300 * 1024);

    private readonly ConcurrentQueue<Ws.Closed> _closed = [];

    [Fact]
    public async Task A_half_closing_client_gets_its_300_KB_answer_whole_50_times_of_50()
    {
        await using var server = await LoopbackServer.Start(system => RouteTable.Empty
            .Map("/own", _ => Reaction.PropsFor(AnswerOrNote))
            .MapShared("/shared", system.ActorOf(Reaction.PropsFor(AnswerOrNote))));

        for (var i = 0; i < 50; i++)
        {
            using var client = await server.Connect(i % 2 == 0 ? "/own" : "/shared");
            await client.Send(Wire.Text("give me all"));
            client.HalfClose();

            var frame = await client.ReadFrame();
            Assert.Equal(Opcode.Binary, frame.Opcode);
            Assert.Equal(_answer, frame.Payload);
            await client.ReadEnd();
        }

        await server.WaitUntilEmpty();
        await Eventually.Holds(() => _closed.Count == 50, () => $"{_closed.Count} of 50 were told Closed.");
        Assert.All(_closed, closed => Assert.Equal((1006, Ws.Side.Peer, false), (closed.Code, closed.By, closed.WasClean)));
        Assert.Equal(0, server.WebSockets.RentedBuffers);
    }

    private void AnswerOrNote(Ws.IEvent happened)
    {
        switch (happened)
        {
            case Ws.Received: happened.Connection.Tell(Ws.Send.Binary(_answer)); break;
            case Ws.Closed closed: _closed.Enqueue(closed); break;
        }
    }
}
