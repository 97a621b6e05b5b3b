using System.Net.WebSockets;
using System.Text;

namespace WsActors.EndToEnd.Tests;

/// <summary>Whole messages over a <see cref="ClientWebSocket"/>, each awaited with patience.</summary>
public static class Talk
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task SendAsync(this ClientWebSocket client, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
    }

    public static async Task SendAsync(this ClientWebSocket client, byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await client.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, patience.Token);
    }

    /// <summary>The next message; of a close frame, its code and reason are on the client.</summary>
    public static async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync(this ClientWebSocket client)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await client.ReceiveAsync(buffer, patience.Token);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return (part.MessageType, message.ToArray());
            }
        }
    }

    public static async Task<string> ReceiveTextAsync(this ClientWebSocket client)
    {
        var (type, bytes) = await client.ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Text, type);
        return Encoding.UTF8.GetString(bytes);
    }

    public static async Task CloseAsync(this ClientWebSocket client)
    {
        using var patience = new CancellationTokenSource(Patience);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
    }
}
