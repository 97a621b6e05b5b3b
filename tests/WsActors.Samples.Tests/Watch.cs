using System.Net.WebSockets;
using System.Text.Json;

namespace WsActors.Samples.Tests;

/// <summary>The WebSocket of a browser that watches an auction.</summary>
public sealed class Watch(ClientWebSocket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];

    public ClientWebSocket Socket => socket;

    /// <summary>The next event that fits; others are skipped.</summary>
    public async Task<T> ExpectAsync<T>(Predicate<T> fits)
        where T : AuctionEvent
    {
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer, AuctionApp.Limit());
            Assert.Equal(WebSocketMessageType.Text, received.MessageType);
            Assert.True(received.EndOfMessage);
            if (JsonSerializer.Deserialize(_buffer.AsSpan(0, received.Count), AppJson.Default.AuctionEvent) is T news && fits(news))
            {
                return news;
            }
        }
    }

    public Task CloseAsync() => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", AuctionApp.Limit());

    public void Dispose() => socket.Dispose();
}
