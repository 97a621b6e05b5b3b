using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>A log returns its messages by offset, until they are removed.</summary>
public sealed class SessionLogTests
{
    [Fact]
    public void Messages_are_numbered_from_1_and_removed_from_the_oldest()
    {
        var log = new SessionLog();
        Assert.Equal((0, 0L, 1L), (log.Count, log.Last, log.First));

        log.Append(Ws.Send.Text("a"), null, TimeSpan.Zero);
        log.Append(Ws.Send.Text("bc"), null, TimeSpan.Zero);

        Assert.Equal((2, 2L, 1L, 3L + (2 * 128)), (log.Count, log.Last, log.First, log.Bytes));
        Assert.Equal("a", Text(log.RemoveFirst().Message));
        Assert.Equal((1, 2L, 2L, 2L + 128), (log.Count, log.Last, log.First, log.Bytes));
        Assert.Equal("bc", Text(log[2].Message));
    }

    [Fact]
    public void A_log_continues_at_the_offset_of_another()
    {
        var log = new SessionLog(last: 41);

        log.Append(Ws.Send.Text("a"), null, TimeSpan.Zero);

        Assert.Equal((42L, 42L), (log.First, log.Last));
    }

    [Fact]
    public void The_end_of_each_message_in_the_log_is_known()
    {
        var log = new SessionLog();
        log.Append(Ws.Send.Binary(new byte[10]), null, TimeSpan.Zero);
        log.Append(Ws.Send.Binary(new byte[20]), null, TimeSpan.Zero);
        Assert.Equal((0L, 138L, 286L), (log.EndOf(0), log.EndOf(1), log.EndOf(2)));

        log.RemoveFirst();

        Assert.Equal((138L, 138L, 286L), (log.EndOf(0), log.EndOf(1), log.EndOf(2)));
    }

    [Fact]
    public void It_equals_a_queue_under_random_operations()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        var (log, model) = (new SessionLog(), new Queue<(long Offset, int Length)>());
        var last = 0L;
        for (var step = 0; step < 20_000; step++)
        {
            if (random.Next(100) < 50 + (40 * Math.Sin(step / 500.0)))
            {
                var length = random.Next(100);
                log.Append(Ws.Send.Binary(new byte[length]), null, TimeSpan.FromTicks(step));
                model.Enqueue((++last, length));
            }
            else if (model.Count > 0)
            {
                Assert.Equal(model.Dequeue().Length, log.RemoveFirst().Message.Payload.Length);
            }

            Assert.Equal((model.Count, last, model.Sum(static one => one.Length + 128L)), (log.Count, log.Last, log.Bytes));
            if (model.Count > 0)
            {
                var (offset, length) = model.ElementAt(random.Next(model.Count));
                Assert.Equal(length, log[offset].Message.Payload.Length);
            }
        }
    }

    private static string Text(Ws.Send message) => System.Text.Encoding.UTF8.GetString(message.Payload.Span);
}
