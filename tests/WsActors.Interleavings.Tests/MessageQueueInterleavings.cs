using Akka.Actor;
using WsActors.Dispatch;
using WsActors.Interleavings.Exploring;
using Xunit.Abstractions;

namespace WsActors.Interleavings;

/// <summary>Threads that fill a mailbox's queue, and the one that empties it, in every order of their steps.</summary>
public sealed class MessageQueueInterleavings(ITestOutputHelper output)
{
    [Fact]
    public void No_message_is_lost_and_each_senders_stay_in_order()
    {
        var (complete, pruned) = Explorer.Explore(machine =>
        {
            var queue = new CompactMessageQueue();
            var taken = "";
            queue.Enqueue(ActorRefs.Nobody, new Envelope("0", ActorRefs.Nobody));
            machine.Schedule.Start("sender", () =>
            {
                queue.Enqueue(ActorRefs.Nobody, new Envelope("a", ActorRefs.Nobody));
                queue.Enqueue(ActorRefs.Nobody, new Envelope("b", ActorRefs.Nobody));
            });
            machine.Schedule.Start("other sender", () => queue.Enqueue(ActorRefs.Nobody, new Envelope("1", ActorRefs.Nobody)));
            machine.Schedule.Start("mailbox", () => Take(2));
            return () =>
            {
                Take(4);
                Assert.Equal("01ab", string.Concat(taken.Order()));
                Assert.True(taken[0] == '0' && taken.IndexOf('a') < taken.IndexOf('b') && queue is { Count: 0, HasMessages: false }, taken);
            };

            void Take(int most)
            {
                for (var i = 0; i < most; i++)
                {
                    taken += queue.TryDequeue(out var envelope) ? envelope.Message : "";
                }
            }
        });
        output.WriteLine($"{complete} schedules, {pruned} pruned");
    }
}
