using System.Net;
using WsActors.Messages;

namespace WsActors.Tests;

/// <summary>The order, the bounded heap and the cursors of sorted pages.</summary>
public sealed class SortedPageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_has_the_first_entries_in_order(bool isDescending)
    {
        var random = new Random(7);
        var numbers = Enumerable.Range(0, 1000).Select(_ => random.Next(100)).ToArray();
        var order = new SortOrder(isDescending, IsByText: false);
        for (var size = 1; size <= 1001; size += 100)
        {
            var page = new SortedPage<int>(order, size);
            for (var i = 0; i < numbers.Length; i++)
            {
                page.Add(SortKey.Of(numbers[i]), i, i);
            }

            var expected = Enumerable.Range(0, numbers.Length).OrderBy(i => isDescending ? -numbers[i] : numbers[i]).ThenBy(static i => i);
            Assert.Equal(size < numbers.Length, page.HasMore);
            Assert.Equal(expected.Take(size), page.Take().Select(static one => one.Entry));
        }
    }

    [Fact]
    public void Texts_are_reversed_only_where_they_are_the_order()
    {
        var (a, b) = (SortKey.Of(5, "a"), SortKey.Of(5, "b"));

        Assert.True(new SortOrder(IsDescending: true, IsByText: false).Compare(a, b) < 0);
        Assert.True(new SortOrder(IsDescending: true, IsByText: true).Compare(a, b) > 0);
        Assert.True(new SortOrder(IsDescending: false, IsByText: true).Compare(a, b) < 0);
    }

    [Fact]
    public void Keys_are_in_the_order_of_their_values()
    {
        AssertAscending(SortKey.Of(0), SortKey.Of(1), SortKey.Of(long.MaxValue));
        AssertAscending(SortKey.Of((string?)null), SortKey.Of(""), SortKey.Of("B"), SortKey.Of("a"), SortKey.Of("é"));
        AssertAscending(SortKey.Of((TimeSpan?)null), SortKey.Of((TimeSpan?)TimeSpan.Zero), SortKey.Of(TimeSpan.FromTicks(1)));
        AssertAscending(
            SortKey.Of((IPAddress?)null),
            SortKey.Of(IPAddress.Any),
            SortKey.Of(IPAddress.Parse("9.0.0.1")),
            SortKey.Of(IPAddress.Parse("10.0.0.1")),
            SortKey.Of(IPAddress.Broadcast),
            SortKey.Of(IPAddress.IPv6Loopback),
            SortKey.Of(IPAddress.Parse("2001:db8::1")));
        Assert.Equal(SortKey.Of("\uFFFDx"), SortKey.Of("\uD800x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("a:b/c%+ é")]
    public void A_cursor_is_read_as_it_is_written(string text)
    {
        var cursor = new SortCursor("User", IsDescending: true, new SortKey(UInt128.MaxValue, text), Place: null);
        var withPlace = cursor with { Place = ClusterCursor.Parse("6/-7/akka.tcp://chat@one:4053") };

        Assert.Equal(cursor, SortCursor.Parse($"{cursor}"));
        Assert.Equal(withPlace, SortCursor.Parse($"{withPlace}"));
        Assert.True(SortCursor.Fits($"{cursor}", Ws.ConnectionOrder.User, isDescending: true));
        Assert.False(SortCursor.Fits($"{cursor}", Ws.ConnectionOrder.User, isDescending: false));
        Assert.False(SortCursor.Fits($"{cursor}", Ws.ConnectionOrder.Route, isDescending: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("User+")]
    [InlineData("User:1:ann:")]
    [InlineData("User+:1:ann")]
    [InlineData("User+:x:ann:")]
    [InlineData("User+:-1:ann:")]
    [InlineData("User+:1:ann:5/7/here")]
    [InlineData(":::")]
    public void A_text_that_is_no_cursor_is_not_read(string text) => Assert.Null(SortCursor.Parse(text));

    private static void AssertAscending(params SortKey[] keys)
    {
        var order = default(SortOrder);
        for (var i = 1; i < keys.Length; i++)
        {
            Assert.True(order.Compare(keys[i - 1], keys[i]) < 0, $"{i}");
        }
    }
}
