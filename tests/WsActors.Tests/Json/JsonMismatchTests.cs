using System.Text;
using System.Text.Json;
using WsActors.Messages;

namespace WsActors.Tests.Json;

/// <summary>The reason of a close frame for JSON that does not fit: at most 123 bytes of UTF-8.</summary>
public sealed class JsonMismatchTests
{
    [Theory]
    [InlineData("$", "expected Int32 at $")]
    [InlineData("$.a[3]", "expected Int32 at $.a[3]")]
    public void A_short_reason_is_whole(string path, string reason) =>
        Assert.Equal(reason, new JsonMismatch(new JsonLocation(path, "Int32"), Line: null, Byte: null).Reason);

    [Theory]
    [InlineData("x", 105, 123, false)]
    [InlineData("x", 106, 123, true)]
    [InlineData("x", 1000, 123, true)]
    [InlineData("é", 1000, 123, true)]
    [InlineData("千", 1000, 123, true)]
    [InlineData("😀", 1000, 121, true)]
    public void A_long_reason_is_cut_behind_a_whole_character(string text, int times, int bytes, bool isCut)
    {
        var path = string.Concat(Enumerable.Repeat(text, times));

        var reason = new JsonMismatch(new JsonLocation(path, "Int32"), Line: null, Byte: null).Reason;

        Assert.Equal(bytes, Encoding.UTF8.GetByteCount(reason));
        Assert.Equal(isCut, reason.EndsWith('…'));
        Assert.DoesNotContain('\uFFFD', reason);
        _ = new Ws.Close(1007, reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    [InlineData("$hunter2")]
    [InlineData("$.hunter2")]
    [InlineData("$[")]
    [InlineData("$['")]
    [InlineData("$.")]
    [InlineData("$..amount")]
    [InlineData("$[hunter2]")]
    [InlineData("$[99999999999]")]
    public void A_path_that_is_none_of_the_type_is_its_root(string path)
    {
        var mismatch = JsonMismatch.From(new JsonException("hunter2", path, 0, 0), AppJson.Default.Bid);

        Assert.Equal("expected Bid at $ (line 1, byte 1)", mismatch.Reason);
    }
}
