using System.Net.WebSockets;
using System.Text;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;

namespace WsActors.AspNetCore.Tests;

/// <summary>Messages both ways, over HTTP/1.1 and HTTP/2.</summary>
public sealed class EchoTests
{
    private static readonly byte[] Room = new byte[1 << 20];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_gets_messages_and_answers(bool isHttp2)
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Greeter>("/chat/{room:alpha}"), isHttp2);
        using var client = await app.ConnectAsync("/chat/tea");

        Assert.Equal("Welcome to tea", await ReceiveAsync(client));
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, App.Limit());
        Assert.Equal("hello", await ReceiveAsync(client));

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", App.Limit());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket client)
    {
        var received = await client.ReceiveAsync(Room, App.Limit());
        return Encoding.UTF8.GetString(Room, 0, received.Count);
    }

    public sealed class Greeter : ReceiveActor
    {
        public Greeter()
        {
            Receive<Ws.Opened>(opened => Sender.Tell(Ws.Send.Text($"Welcome to {opened.Request.RouteValues["room"]}")));
            Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text(message.Text)));
        }
    }
}
