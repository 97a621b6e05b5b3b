using System.Net.WebSockets;
using System.Text;

namespace WsActors.AspNetCore.Tests;

/// <summary>Whole messages of .NET's client.</summary>
internal static class Talk
{
    public static Task SayAsync(this WebSocket client, string text) =>
        client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, App.Limit());

    /// <summary>The next message; null for a close frame.</summary>
    public static async Task<byte[]?> ReceiveAsync(this WebSocket client)
    {
        var room = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await client.ReceiveAsync(room, App.Limit());
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(room, 0, part.Count);
            if (part.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }

    public static async Task<string> HearAsync(this WebSocket client) =>
        await client.ReceiveAsync() is { } message ? Encoding.UTF8.GetString(message) : $"closed with {(int)client.CloseStatus!}";

    public static async Task<string> AskAsync(this WebSocket client, string text)
    {
        await client.SayAsync(text);
        return await client.HearAsync();
    }

    public static Task CloseAsync(this WebSocket client) => client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", App.Limit());
}
