using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

public class AcceptKeyTests
{
    [Fact]
    public void The_sample_key_of_RFC_6455_gives_the_sample_answer()
    {
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", AcceptKey.For("dGhlIHNhbXBsZSBub25jZQ=="));
    }
}
