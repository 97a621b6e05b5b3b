using Akka.Actor;
using WsActors.Manager;

namespace WsActors.Tests;

public sealed class ArrivalOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_page_has_the_later_connections_that_are_still_open(int seed)
    {
        var random = new Random(seed);
        var order = new ArrivalOrder();
        var expected = new List<ConnectionRegistry.Entry>();
        var number = 0L;
        for (var step = 0; step < 3000; step++)
        {
            // Sometimes most connections end.
            if (expected.Count > 0 && random.Next(100) < (step / 500 % 2 == 0 ? 35 : 65))
            {
                var leaving = expected[random.Next(expected.Count)];
                expected.Remove(leaving);
                order.Remove(leaving);
            }
            else
            {
                var coming = new ConnectionRegistry.Entry(++number, ActorRefs.Nobody, null!, null!);
                expected.Add(coming);
                order.Add(coming);
            }

            var after = random.NextInt64(-1, number + 2);
            Assert.Equal(expected.Where(entry => entry.Number > after), order.After(after));
            Assert.InRange(order.Places, expected.Count, 2 * expected.Count);
        }
    }

    [Fact]
    public void A_page_is_empty_after_the_last_connection_and_without_connections()
    {
        var order = new ArrivalOrder();
        Assert.Empty(order.After(0));

        var one = new ConnectionRegistry.Entry(1, ActorRefs.Nobody, null!, null!);
        order.Add(one);
        Assert.Equal([one], order.After(0));
        Assert.Empty(order.After(1));

        order.Remove(one);
        Assert.Empty(order.After(0));
        Assert.Equal(0, order.Places);
    }
}
