using Akka.Actor;
using WsActors.Dispatch;

namespace WsActors.Tests;

/// <summary>The queue behind a connection's mailbox: in order, complete, and small when it is empty.</summary>
public sealed class CompactMessageQueueTests
{
    private readonly CompactMessageQueue _queue = new();

    [Fact]
    public void A_new_queue_is_empty()
    {
        Assert.False(_queue.HasMessages);
        Assert.False(_queue.TryDequeue(out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Messages_are_dequeued_in_order_at_any_length(int count)
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
    public void A_wrapped_ring_keeps_its_order_when_it_grows()
    {
        Put(0, 3);
        Assert.Equal(0, Take());
        Put(3, 9);

        Assert.Equal(Enumerable.Range(1, 11), TakeAll());
    }

    [Fact]
    public void Single_messages_and_messages_put_first_are_dequeued_in_order()
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
    public void Messages_put_first_are_dequeued_first()
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
    public void Concurrent_producers_and_one_consumer_lose_and_reorder_nothing()
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
