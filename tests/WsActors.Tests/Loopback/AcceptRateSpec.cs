using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>The view of a client past the accept rate, over a real socket.</summary>
[Collection(OneByOne.Name)]
public sealed class AcceptRateSpec
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1024 * 1024)]
    public async Task The_client_reads_the_whole_503_without_a_reset_however_much_it_sends(int more)
    {
        await using var server = await Start();
        using var first = await server.Connect();

        using var late = await RawClient.Dial(server.EndPoint);
        var sending = late.Send((byte[])[.. Wire.Request("/"), .. new byte[more]]);

        var head = await late.ReadHead();
        Assert.StartsWith("HTTP/1.1 503 ", head);
        Assert.Contains("Retry-After: 5\r\n", head, StringComparison.Ordinal);
        await sending;
        Assert.Equal("The server takes no more connections this second; come back later.\n", await late.ReadText());
        late.Dispose();

        _time.Advance(TimeSpan.FromSeconds(1));
        using var next = await server.Connect();
        await Eventually.Holds(() => server.Connections == 2, () => $"{server.Connections} connections are there.");
    }

    [Fact]
    public async Task Each_endpoint_has_its_own_rate()
    {
        await using var server = await Start();
        var other = await server.WebSockets.BindAsync("ws://127.0.0.1:0", RouteTable.Empty.Map("/", _ => Reaction.Echo), OneASecond);

        using var first = await server.Connect();
        using var second = await RawClient.Connect((System.Net.IPEndPoint)other.LocalEndPoint);
    }

    private Task<LoopbackServer> Start() =>
        LoopbackServer.Start(_ => RouteTable.Empty.Map("/", _ => Reaction.Echo), OneASecond, time: _time);

    private static EndpointOptions OneASecond(EndpointOptions options) =>
        options with { MaxAcceptsPerSecond = 1, CloseTimeout = Eventually.Patience };
}
