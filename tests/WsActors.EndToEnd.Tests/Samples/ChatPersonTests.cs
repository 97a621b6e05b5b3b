using WsActors.Server.Samples;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The presence data of a person on all nodes, and the owner of a name.</summary>
public sealed class ChatPersonTests
{
    private static readonly ChatPerson Ann = new("Ann", Came: 7, Tab: "one");

    [Theory]
    [InlineData("one")]
    [InlineData(null)]
    public void Presence_data_is_read_as_it_was_written(string? tab)
    {
        var shown = Ann with { Tab = tab };

        Assert.True(ChatPerson.TryRead(shown.PresenceData, out var read));
        Assert.Equal(shown, read);
    }

    [Theory]
    [InlineData("came", "7")]
    [InlineData("name", "Ann")]
    [InlineData("name", "Ann", "came", "-7")]
    [InlineData("name", "Ann", "came", "soon")]
    public void Other_presence_data_is_not_a_person_of_the_chat(params string[] pairs) =>
        Assert.False(ChatPerson.TryRead(pairs.Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1]), out _));

    [Fact]
    public void Only_the_later_person_gives_up_the_name()
    {
        var later = new ChatPerson("ANN", Came: 8, Tab: null);

        Assert.True(later.MustYieldTo(Ann));
        Assert.False(Ann.MustYieldTo(later));
        Assert.False(later.MustYieldTo(Ann with { Name = "Ann-2" }));
        Assert.False((later with { Tab = "one" }).MustYieldTo(Ann));
    }

    [Fact]
    public void A_newcomer_is_listed_last_even_if_other_clocks_are_ahead()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);

        var alone = ChatPerson.CameAfter([], now);
        Assert.InRange(alone, now.ToUnixTimeMilliseconds() << 20, (now.AddMilliseconds(1).ToUnixTimeMilliseconds() << 20) - 1);
        Assert.Equal(long.MaxValue, ChatPerson.CameAfter([Ann, Ann with { Came = long.MaxValue - 1 }], now));
    }
}
