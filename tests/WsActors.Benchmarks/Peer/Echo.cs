using System.Net.WebSockets;

namespace WsActors.Benchmarks.Peer;

/// <summary>Echoes every message unchanged.</summary>
internal static class Echo
{
    public static async Task RunAsync(WebSocket socket)
    {
        using var messages = new MessageReader(socket);
        while (await messages.ReadAsync() is { Type: not WebSocketMessageType.Close } part)
        {
            await socket.SendAsync(part.Payload, part.Type, part.IsLast, CancellationToken.None);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
    }
}
