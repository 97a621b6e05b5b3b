using WsActors.Tests.Serialization;

namespace WsActors.Cluster.Tests;

/// <summary>
/// The format of a member of a topic in the replicated data: nodes of two versions live in one cluster during an upgrade.
/// </summary>
public sealed class PresenceEntryTests
{
    [Fact]
    public void An_entry_is_written_and_read_in_the_recorded_bytes()
    {
        const string Written = "1BHRlYQJjAm4EYW5uAQJhAmI=";
        var entry = new PresenceEntry("tea", "c", "n", "ann", new Dictionary<string, string> { ["a"] = "b" });

        Assert.Equal(Written, entry.Write());
        Assert.Equal(Rendering.Of(entry), Rendering.Of(PresenceEntry.Read(Written)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2BHRlYQ==")]
    [InlineData("1BHRlYQ==")]
    [InlineData("1?")]
    [InlineData("1/////wc=")]
    [InlineData("1/////w8=")]
    public void An_entry_of_a_later_version_or_a_damaged_one_is_ignored(string text) =>
        Assert.Null(PresenceEntry.Read(text));
}
