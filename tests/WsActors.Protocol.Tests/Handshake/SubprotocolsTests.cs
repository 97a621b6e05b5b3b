using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

public class SubprotocolsTests
{
    [Theory]
    [InlineData("a,b", "b,a", "b")]
    [InlineData("a,b", "x,a", "a")]
    [InlineData("a,b", "A,B", null)]
    [InlineData("a", "x", null)]
    [InlineData("a", "", null)]
    [InlineData("", "a", null)]
    public void The_server_s_order_decides_and_letter_case_matters(string offered, string supported, string? chosen)
    {
        Assert.Equal(chosen, Subprotocols.Choose(Names(offered), Names(supported)));
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
