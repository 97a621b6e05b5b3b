using Akka.Actor;
using WsActors.Dispatch;

namespace WsActors.Tests;

/// <summary>The queue behind a connection's mailbox: in order, whole, and small when nothing waits.</summary>
public sealed class CompactMessageQueueTests
{
    private readonly CompactMessageQueue _queue = new();

    [Fact]
    public void It_is_empty_to_begin_with()
    {
        Assert.False(_queue.HasMessages);
        Assert.False(_queue.TryDequeue(out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1000)]
    public void What_goes_in_comes_out_in_order_however_much_waits(int count)
    {
        // Twice, so that the ring is also used from its middle.
        for (var round = 0; round < 2; round++)
        {
            Put(round * 10_000, count);
            Assert.Equal(count, _queue.Count);
            Assert.Equal(Enumerable.Range(round * 10_000, count), TakeAll());
            Assert.False(_queue.HasMessages);
        }
    }

    [Fact]
    public void A_ring_that_has_turned_grows_without_losing_its_order()
    {
        Put(0, 3);
        Assert.Equal(0, Take());
        Put(3, 9);

        Assert.Equal(Enumerable.Range(1, 11), TakeAll());
    }

    [Fact]
    public void One_at_a_time_and_then_one_before_and_one_behind_it_come_in_order()
    {
        for (var number = 0; number < 100; number++)
        {
            Put(number, 1);
            Assert.Equal(number, Take());
        }

        Put(100, 1);
        _queue.EnqueueFirst(new Envelope(99, ActorRefs.NoSender));
        Put(101, 1);

        Assert.Equal(Enumerable.Range(99, 3), TakeAll());
    }

    [Fact]
    public void What_is_put_first_comes_before_everything_else()
    {
        Put(0, 6);
        _queue.EnqueueFirst(new Envelope(-1, ActorRefs.NoSender));
        _queue.EnqueueFirst(new Envelope(-2, ActorRefs.NoSender));

        Assert.Equal(Enumerable.Range(-2, 2).Concat(Enumerable.Range(0, 6)), TakeAll());
    }

    [Fact]
    public void It_agrees_with_a_list_in_any_sequence_of_operations()
    {
        var random = new Random(5);
        var model = new LinkedList<int>();
        for (var i = 0; i < 50_000; i++)
        {
            switch (random.Next(model.Count > 200 ? 1 : 0, 5))
            {
                case 0:
                    Put(i, 100);
                    Enumerable.Range(i, 100).ToList().ForEach(number => model.AddLast(number));
                    break;
                case 1:
                    _queue.EnqueueFirst(new Envelope(i, ActorRefs.NoSender));
                    model.AddFirst(i);
                    break;
                case 2:
                    Put(i, 1);
                    model.AddLast(i);
                    break;
                default:
                    Assert.Equal(model.First?.Value, _queue.TryDequeue(out var next) ? (int)next.Message : null);
                    if (model.Count > 0)
                    {
                        model.RemoveFirst();
                    }

                    break;
            }

            Assert.Equal(model.Count, _queue.Count);
        }
    }

    [Fact]
    public void Many_threads_put_in_while_one_takes_out_and_nothing_is_lost_or_turned_around()
    {
        const int Threads = 4;
        const int Each = 20_000;
        var producers = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                _queue.Enqueue(ActorRefs.Nobody, new Envelope((number, i), ActorRefs.NoSender));
            }
        })).ToList();
        producers.ForEach(static thread => thread.Start());

        var next = new int[Threads];
        for (var taken = 0; taken < Threads * Each;)
        {
            if (_queue.TryDequeue(out var envelope))
            {
                var (number, i) = ((int, int))envelope.Message;
                Assert.Equal(next[number]++, i);
                taken++;
            }
            else
            {
                Thread.Yield();
            }
        }

        producers.ForEach(static thread => thread.Join());
        Assert.False(_queue.HasMessages);
    }

    private void Put(int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            _queue.Enqueue(ActorRefs.Nobody, new Envelope(i, ActorRefs.NoSender));
        }
    }

    private int Take()
    {
        Assert.True(_queue.TryDequeue(out var envelope));
        return (int)envelope.Message;
    }

    private IEnumerable<int> TakeAll()
    {
        while (_queue.HasMessages)
        {
            yield return Take();
        }
    }
}
