using System.Net.WebSockets;

namespace WsActors.EndToEnd.Tests;

/// <summary>The program's echo, through the WebSocket client of .NET.</summary>
public sealed class EchoTests : IAsyncLifetime
{
    private ServerProcess _server = null!; // set before any test

    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Text_and_binary_are_echoed_unchanged()
    {
        using var client = await _server.ConnectAsync("/echo");
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);

        await client.SendAsync("héllo, 日本");
        Assert.Equal("héllo, 日本", await client.ReceiveTextAsync());
        await client.SendAsync(bytes);
        var (type, echo) = await client.ReceiveAsync();

        Assert.Equal(WebSocketMessageType.Binary, type);
        Assert.Equal(bytes, echo);
        await client.CloseAsync();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_closed_with_1009()
    {
        using var client = await _server.ConnectAsync("/echo");

        await client.SendAsync(new byte[(1024 * 1024) + 1]);
        var (type, _) = await client.ReceiveAsync();

        Assert.Equal(WebSocketMessageType.Close, type);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.CloseStatus);
    }

    [Fact]
    public async Task Broadcast_forwards_each_message_unchanged_to_the_members_of_its_topic_only()
    {
        using var sender = await _server.ConnectAsync("/broadcast/news");
        using var other = await _server.ConnectAsync("/broadcast/news");
        using var elsewhere = await _server.ConnectAsync("/broadcast/sports");
        await AwaitMember(sender, other);

        await sender.SendAsync("first");
        await elsewhere.SendAsync("mine");

        Assert.Equal("first", await sender.ReceiveTextAsync());
        Assert.Equal("first", await other.ReceiveTextAsync());
        Assert.Equal("mine", await elsewhere.ReceiveTextAsync());
    }

    /// <summary>Both have joined once a message of the second has reached the first.</summary>
    private static async Task AwaitMember(ClientWebSocket first, ClientWebSocket second)
    {
        await first.SendAsync("joined");
        Assert.Equal("joined", await first.ReceiveTextAsync());
        await second.SendAsync("joined, too");
        Assert.Equal("joined, too", await first.ReceiveTextAsync());
        while (await second.ReceiveTextAsync() != "joined, too")
        {
        }
    }
}
