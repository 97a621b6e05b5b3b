using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

public class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a+b", "a+b")]
    [InlineData("%41%6a%6A", "Ajj")]
    [InlineData("a%2Fb%2f", "a/b/")]
    [InlineData("%E6%97%A5%F0%9F%98%80", "\u65e5\ud83d\ude00")]
    [InlineData("%25%32%35", "%25")]
    [InlineData("%2E%2e", "..")]
    public void A_segment_is_decoded_once(string segment, string decoded)
    {
        Assert.True(PercentEncoding.TryDecodeSegment(segment, out var text));
        Assert.Equal(decoded, text);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%4")]
    [InlineData("a%")]
    [InlineData("%zz")]
    [InlineData("%4g")]
    [InlineData("%%41")]
    [InlineData("%00")]
    [InlineData("a%00b")]
    [InlineData("%ff")]
    [InlineData("%C3")]
    [InlineData("%C0%AF")]
    [InlineData("%ED%A0%80")]
    [InlineData("%F4%90%80%80")]
    public void A_segment_with_a_bad_escape_an_encoded_NUL_or_bad_UTF_8_is_refused(string segment)
    {
        Assert.False(PercentEncoding.TryDecodeSegment(segment, out var text));
        Assert.Null(text);
    }
}
