using System.Collections.Concurrent;
using WsActors.Protocol.Frames;

namespace WsActors.Tests.Loopback;

/// <summary>The result is independent of how the bytes are cut.</summary>
[Collection(OneByOne.Name)]
public sealed class ChunksSpec
{
    private static readonly byte[] Session =
    [
        .. Wire.Request("/"),
        .. Wire.Text("whole"),
        .. Wire.Text(""),
        .. Wire.Text("in three ", fin: false),
        .. Wire.Frame(Opcode.Ping, "one"u8.ToArray()),
        .. Wire.Frame(Opcode.Continuation, [.. "frag"u8, 0xC3], fin: false),
        .. Wire.Frame(Opcode.Pong, "unasked"u8.ToArray()),
        .. Wire.Frame(Opcode.Continuation, [0xBC, .. "ments"u8]),
        .. Wire.Binary([.. Enumerable.Range(0, 126).Select(static i => (byte)i)]),
        .. Wire.Frame(Opcode.Ping, "two"u8.ToArray()),
        .. Wire.Binary([.. Enumerable.Range(0, 300).Select(static i => (byte)i)]),
        .. Wire.Close(3001),
    ];

    private readonly ConcurrentQueue<string> _events = [];

    [Fact]
    public async Task A_conversation_gives_the_same_answers_and_events_however_it_is_cut()
    {
        // The test answers for the handler: the time of the answers is the only thing that chunks may change.
        await using var server = await LoopbackServer.Start(Reaction.PropsFor(happened => _events.Enqueue(Describe(happened))));
        var (answers, events) = await Converse(server, [Session]);
        Assert.Equal(["Pong one", "Pong two", "Close 3001"], answers.Skip(1));
        Assert.Equal(7, events.Length);

        var seed = Environment.TickCount;
        var cuts = new List<(string Name, IEnumerable<byte[]> Chunks)>
        {
            ("byte by byte", Session.Chunk(1)),
            ("two by two", Session.Chunk(2)),
        };
        cuts.AddRange(Enumerable.Range(seed, 100).Select(s => ($"seed {s}", RandomChunks(new Random(s)))));
        foreach (var (name, chunks) in cuts)
        {
            var again = await Converse(server, chunks);
            Assert.True(answers.SequenceEqual(again.Answers), $"{name}: {string.Join(", ", again.Answers)}");
            Assert.True(events.SequenceEqual(again.Events), $"{name}: {string.Join(", ", again.Events)}");
        }
    }

    private async Task<(string[] Answers, string[] Events)> Converse(LoopbackServer server, IEnumerable<byte[]> chunks)
    {
        _events.Clear();
        using var client = await RawClient.Dial(server.EndPoint);
        foreach (var chunk in chunks)
        {
            await client.Send(chunk);
            await Task.Yield();
        }

        var answers = new List<string> { await client.ReadHead() };
        Frame frame;
        do
        {
            frame = await client.ReadFrame();
            answers.Add(frame.Opcode == Opcode.Close ? $"Close {frame.CloseCode}" : $"{frame.Opcode} {frame.Text}");
        }
        while (frame.Opcode != Opcode.Close);

        await client.ReadEnd();
        client.Dispose();
        await server.WaitUntilEmpty();
        return ([.. answers], [.. _events]);
    }

    private static string Describe(Ws.IEvent happened) => happened switch
    {
        Ws.Received { Kind: var kind, Payload: var payload } => $"{kind} {Convert.ToHexString(payload.Span)}",
        Ws.Closed closed => $"Closed {closed.Code} by {closed.By}, clean {closed.WasClean}, {closed.BytesReceived} bytes",
        _ => happened.GetType().Name,
    };

    private static IEnumerable<byte[]> RandomChunks(Random random)
    {
        for (int start = 0, count; start < Session.Length; start += count)
        {
            count = Math.Min(random.Next(1, random.Next(2, 200)), Session.Length - start);
            yield return Session[start..(start + count)];
        }
    }
}
