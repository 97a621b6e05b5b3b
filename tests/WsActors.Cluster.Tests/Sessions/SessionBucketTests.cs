using Akka.Actor;
using Akka.Cluster;
using WsActors.Cluster.Sessions;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>The sessions on their way, as nodes tell each other.</summary>
public sealed class SessionBucketTests
{
    private static readonly UniqueAddress Node = new(new Address("akka.tcp", "ws", "host", 1), 1);

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1000);

    [Fact]
    public void An_entry_is_written_in_the_recorded_bytes() =>
        Assert.Equal("1id 2 1000 AQID", SessionBucket.Entry("id", 2, Now, [1, 2, 3]));

    [Fact]
    public void An_entry_replaces_all_others_of_its_session()
    {
        var entries = Put(Put(Put(Entries.Empty, "a", 1), "ab", 1), "a", 2);

        Assert.Equal(2, entries.Count);
        Assert.Equal([2], SessionBucket.Find(entries, "a"));
        Assert.Equal([1], SessionBucket.Find(entries, "ab"));
        Assert.Null(SessionBucket.Find(entries, "b"));
        Assert.Null(SessionBucket.Find(SessionBucket.Remove(entries, Node, "a"), "a"));
    }

    [Fact]
    public void Of_two_merged_entries_the_later_counts()
    {
        var entries = Entries.Empty.Add(Node, SessionBucket.Entry("a", 10, Now, [10])).Add(Node, SessionBucket.Entry("a", 9, Now, [9]));

        Assert.Equal([10], SessionBucket.Find(entries, "a"));
        Assert.Empty(SessionBucket.Remove(entries, Node, "a"));
    }

    [Fact]
    public void A_taken_entry_is_not_returned_again_after_an_earlier_one_reappears()
    {
        var taken = SessionBucket.Take(Put(Entries.Empty, "a", 2), Node, "a");
        Assert.Null(SessionBucket.Find(taken, "a"));

        Assert.Null(
            SessionBucket.Find(
                taken.Add(Node, SessionBucket.Entry("a", 2, Now, [2])).Add(Node, SessionBucket.Entry("a", 1, Now, [1])), "a"));

        Assert.Equal([3], SessionBucket.Find(Put(taken, "a", 3), "a"));
        Assert.Empty(SessionBucket.RemoveExpired(taken, Node, Now));
        Assert.Same(Entries.Empty, SessionBucket.Take(Entries.Empty, Node, "a"));
    }

    [Fact]
    public void Entries_that_were_not_taken_are_waiting()
    {
        var entries = Put(Put(Entries.Empty, "a", 2), "b", 1);
        Assert.Equal(["a", "b"], SessionBucket.Waiting(entries).Order());

        var taken = SessionBucket.Take(entries, Node, "a")
            .Add(Node, SessionBucket.Entry("a", 1, Now, [1]))
            .Add(Node, "2c 1 9999 AQID")
            .Add(Node, "?");

        Assert.Equal(["b"], SessionBucket.Waiting(taken));
    }

    [Fact]
    public void Taking_an_entry_does_not_remove_entries_unknown_to_the_node()
    {
        var other = new UniqueAddress(Node.Address.WithPort(2), 2);
        var b = SessionBucket.Put(Entries.Empty, other, "b", SessionBucket.Entry("b", 1, Now, [2]));
        var both = b.Merge(Put(Entries.Empty, "a", 1));
        var taken = SessionBucket.Take(both, Node, "a");

        var merged = taken.Delta is { } delta ? Entries.Empty.MergeDelta(delta) : Entries.Empty.Merge(taken);

        Assert.Equal([2], SessionBucket.Find(merged.Merge(b), "b"));
    }

    [Theory]
    [InlineData("1a 1 9999 ?")]
    [InlineData("2a 1 9999 AQID")]
    public void An_entry_of_an_unknown_version_is_ignored(string entry) =>
        Assert.Null(SessionBucket.Find(Entries.Empty.Add(Node, entry), "a"));

    [Fact]
    public void An_expired_entry_is_removed()
    {
        var entries = Entries.Empty.Add(Node, SessionBucket.Entry("a", 1, Now, [1]))
            .Add(Node, SessionBucket.Entry("b", 1, Now.AddSeconds(1), [2]));
        Assert.True(SessionBucket.HasExpired(entries, Now));
        Assert.False(SessionBucket.HasExpired(entries, Now.AddSeconds(-1)));

        var left = SessionBucket.RemoveExpired(entries, Node, Now);

        Assert.Null(SessionBucket.Find(left, "a"));
        Assert.Equal([2], SessionBucket.Find(left, "b"));
    }

    [Fact]
    public void An_entry_above_the_limit_is_refused_and_the_others_stay()
    {
        var entries = Put(Entries.Empty, "a", 1);
        var large = SessionBucket.Entry("b", 1, Now, new byte[SessionBucket.MaxLength]);

        Assert.Throws<InvalidOperationException>(() => SessionBucket.Put(entries, Node, "b", large));
    }

    private static Entries Put(Entries entries, string id, int moves) =>
        SessionBucket.Put(entries, Node, id, SessionBucket.Entry(id, moves, Now, [(byte)moves]));
}
