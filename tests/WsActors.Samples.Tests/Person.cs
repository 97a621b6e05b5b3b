using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Serialization.Metadata;

namespace WsActors.Samples.Tests;

/// <summary>A browser of the auction, with its cookies.</summary>
public sealed class Person(AuctionApp app) : IDisposable
{
    private readonly CookieContainer _cookies = new();

    public HttpClient Http => field ??= new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies }) { BaseAddress = app.Address };

    public Task<HttpResponseMessage> PostAsync<T>(string path, T value, JsonTypeInfo<T> type) =>
        Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), value, type, AuctionApp.Limit());

    /// <summary>Opens a WebSocket at the auction.</summary>
    /// <exception cref="HttpRequestException">The app refused it, with the status.</exception>
    public async Task<Watch> WatchAsync(string auction, string? subprotocol = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = _cookies;
        socket.Options.CollectHttpResponseDetails = true;
        if (subprotocol is not null)
        {
            socket.Options.AddSubProtocol(subprotocol);
        }

        try
        {
            var address = new UriBuilder(new Uri(app.Address, $"auctions/{auction}")) { Scheme = "ws" };
            await socket.ConnectAsync(address.Uri, AuctionApp.Limit());
            return new Watch(socket);
        }
        catch (WebSocketException e)
        {
            socket.Dispose();
            throw new HttpRequestException(e.Message, e, socket.HttpStatusCode);
        }
    }

    public void Dispose() => Http.Dispose();
}
