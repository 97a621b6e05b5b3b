using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

public class HeaderTokensTests
{
    [Theory]
    [InlineData("upgrade", true)]
    [InlineData("Upgrade", true)]
    [InlineData("keep-alive, UPGRADE", true)]
    [InlineData("keep-alive,\tupgrade\t,x", true)]
    [InlineData(",, upgrade", true)]
    [InlineData("", false)]
    [InlineData("upgraded", false)]
    [InlineData("up grade", false)]
    [InlineData("upgrade/1", false)]
    [InlineData("\"upgrade\"", false)]
    [InlineData("\u00a0upgrade", false)]
    [InlineData("upgrade\u0085", false)]
    public void A_token_is_listed_when_it_is_a_whole_element_in_any_letter_case(string value, bool listed)
    {
        Assert.Equal(listed, HeaderTokens.Lists([new("Connection", value)], "connection", "upgrade"));
    }

    [Fact]
    public void Several_lines_are_one_list()
    {
        HttpHeaders headers = [new("Connection", "keep-alive"), new("Other", "close"), new("connection", "upgrade")];

        Assert.True(HeaderTokens.Lists(headers, "Connection", "upgrade"));
        Assert.False(HeaderTokens.Lists(headers, "Connection", "close"));
    }

    [Fact]
    public void The_tokens_of_all_lines_are_in_order_without_empty_elements()
    {
        Assert.True(HeaderTokens.TryRead([" a ,b", "", ",,c,"], out var tokens));
        Assert.Equal(new[] { "a", "b", "c" }, tokens);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ,")]
    public void A_list_without_elements_is_an_empty_list(string line)
    {
        Assert.True(HeaderTokens.TryRead([line], out var tokens));
        Assert.Empty(tokens);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a;b")]
    [InlineData("a, \"b\"")]
    [InlineData("a, \u00e9")]
    [InlineData("a,\u00a0b")]
    public void A_list_with_another_element_than_a_token_is_refused(string line)
    {
        Assert.False(HeaderTokens.TryRead([line], out _));
    }
}
