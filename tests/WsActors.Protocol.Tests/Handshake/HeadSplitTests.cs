using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>The parsers of heads are independent of how the bytes are cut.</summary>
public class HeadSplitTests
{
    private static readonly RequestLimits SmallLimits = new() { MaxRequestLineBytes = 32, MaxHeaderBytes = 64, MaxHeaders = 3 };

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\r\nGET /chat?x=1 HTTP/1.1\r\nHost: example.com\r\nX: \t y \t\r\nEmpty:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n\u0081\u0085\u0037\u00fa\u0021\u003d\u007f\u009f\u004d\u0051\u0058")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001")]
    [InlineData("\r\n\r\n\r\n")]
    public void A_request_gives_the_same_fact_however_it_is_cut(string wire)
    {
        AssertSameForAllSplits(wire, static chunks => Heads.ReadRequest(chunks));
    }

    [Theory]
    [InlineData("GET /xxxxxxxxxxxxxxxxxx HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /xxxxxxxxxxxxxxxxxxx HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\0")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\0")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY:\r\nZ:\r\n\r\n")]
    public void A_request_at_a_limit_gives_the_same_fact_however_it_is_cut(string wire)
    {
        AssertSameForAllSplits(wire, static chunks => Heads.ReadRequest(chunks, SmallLimits));
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u0081\u0000")]
    [InlineData("HTTP/1.1 404 \r\n\r\n")]
    [InlineData("HTTP/1.1 404\r\nX: y\r\n\r\nbody")]
    [InlineData("HTTP/1.1 101 x\r\nX: y\n\r\n")]
    [InlineData("\r\nHTTP/1.1 101 x\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    public void A_response_gives_the_same_fact_however_it_is_cut(string wire)
    {
        AssertSameForAllSplits(wire, static chunks => Heads.ReadResponse(chunks));
    }

    [Fact]
    public void Bytes_after_the_request_are_frames_and_stay_with_the_caller()
    {
        const string frame = "\u0081\u0085\u0037\u00fa\u0021\u003d\u007f\u009f\u004d\u0051\u0058";

        var read = Heads.ReadRequest([Heads.Wire("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + frame)]);

        Assert.EndsWith("|818537FA213D7F9F4D5158", read, StringComparison.Ordinal);
    }

    private static void AssertSameForAllSplits(string wire, Func<byte[][], string> read)
    {
        var bytes = Heads.Wire(wire);
        var whole = read([bytes]);
        foreach (var chunks in Splits.Of(bytes))
        {
            Assert.Equal(whole, read(chunks));
        }
    }
}
