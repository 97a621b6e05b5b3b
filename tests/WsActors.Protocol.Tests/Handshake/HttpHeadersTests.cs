using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

public class HttpHeadersTests
{
    private static readonly HttpHeaders Three = [new("A", "1"), new("b", "2"), new("a", "3")];

    [Fact]
    public void Names_are_found_in_any_letter_case_and_the_order_stays()
    {
        Assert.Equal("1", Three["a"]);
        Assert.Equal("2", Three["B"]);
        Assert.Null(Three["c"]);
        Assert.Equal(new[] { "1", "3" }, Three.All("A"));
        Assert.Empty(Three.All("c"));
        Assert.Equal(2, Three.CountOf("A"));
        Assert.Equal(0, Three.CountOf("c"));
        Assert.Equal(3, Three.Count);
        Assert.Equal(new HttpHeader("b", "2"), Three[1]);
    }

    [Fact]
    public void Empty_has_no_headers()
    {
        Assert.Empty(HttpHeaders.Empty);
        Assert.Null(HttpHeaders.Empty["a"]);
        Assert.Same(HttpHeaders.Empty, (HttpHeaders)[]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:")]
    [InlineData("a\r\nb")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("\u00e9")]
    public void A_name_that_is_not_a_token_cannot_be_constructed(string name)
    {
        Assert.Throws<ArgumentException>(() => new HttpHeader(name, "x"));
    }

    [Theory]
    [InlineData("x\r\nSet-Cookie: a=b")]
    [InlineData("x\r")]
    [InlineData("\nx")]
    [InlineData("x\0y")]
    [InlineData("x\u007f")]
    public void A_value_that_could_inject_a_header_cannot_be_constructed(string value)
    {
        Assert.Throws<ArgumentException>(() => new HttpHeader("X", value));
    }

    [Fact]
    public void A_value_with_an_unpaired_surrogate_cannot_be_constructed()
    {
        string[] values = ["x\ud83d", "\ude00x", "\ude00\ud83d", "\ud83d\ud83d\ude00"];
        foreach (var value in values)
        {
            Assert.Throws<ArgumentException>(() => new HttpHeader("X", value));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb c")]
    [InlineData("\u00e9\u00ff")]
    [InlineData("\u0100\u560d\u560a")]
    [InlineData("\ud83d\ude00")]
    public void Any_other_value_can_be_sent(string value)
    {
        Assert.Equal(value, new HttpHeader("X", value).Value);
    }
}
