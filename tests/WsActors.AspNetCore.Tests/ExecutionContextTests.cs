using System.Net.WebSockets;
using System.Text;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using WsActors.Routing;

namespace WsActors.AspNetCore.Tests;

/// <summary>The execution context of a request ends with its upgrade.</summary>
public sealed class ExecutionContextTests
{
    private static readonly AsyncLocal<string?> OfRequest = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_inline_handler_does_not_run_in_the_context_of_its_request(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web =>
            {
                web.Use((_, next) =>
                {
                    OfRequest.Value = "of the request";
                    return next();
                });
                web.MapWebSocketActor<Teller>("/tell", new WebSocketRouteOptions { Inline = true });
            },
            isHttp2);
        using var client = await app.ConnectAsync("/tell");
        var room = new byte[100];
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("?"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, App.Limit());
            var received = await client.ReceiveAsync(room, App.Limit());
            Assert.Equal("none", Encoding.UTF8.GetString(room, 0, received.Count));
        }
    }

    public sealed class Teller : ReceiveActor
    {
        public Teller()
        {
            Receive<Ws.Opened>(static _ => { });
            Receive<Ws.Received>(message => Sender.Tell(Ws.Send.Text(OfRequest.Value ?? "none")));
        }
    }
}
