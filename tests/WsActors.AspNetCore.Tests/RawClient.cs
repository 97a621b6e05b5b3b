using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsActors.AspNetCore.Tests;

/// <summary>A client that sends frames and ends its connection in any way, over HTTP/1.1 or HTTP/2. It has a socket of its own.</summary>
internal sealed class RawClient : IDisposable
{
    private const byte Close = 8;

    private readonly HttpMessageInvoker _invoker;

    private readonly bool _isHttp2;

    private Socket? _socket;

    private HttpResponseMessage? _response;

    private Stream? _stream;

    private RawClient(bool isHttp2)
    {
        _isHttp2 = isHttp2;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = ConnectAsync });
    }

    private Stream Stream => _stream!; // Set by OpenAsync.

    private Socket Socket => _socket!; // Set by ConnectAsync, as its first step.

    public static Task<RawClient> OpenAsync(App app, string path, string? subprotocol = null) =>
        OpenAsync(app.Address, app.IsHttp2, path, subprotocol);

    public static async Task<RawClient> OpenAsync(Uri address, bool isHttp2, string path, string? subprotocol = null)
    {
        var client = new RawClient(isHttp2);
        using var request = client.RequestFor(new Uri(address, path));
        if (subprotocol is not null)
        {
            request.Headers.Add("Sec-WebSocket-Protocol", subprotocol);
        }

        client._response = await client._invoker.SendAsync(request, App.Limit());
        Assert.Equal(isHttp2 ? HttpStatusCode.OK : HttpStatusCode.SwitchingProtocols, client._response.StatusCode);
        client._stream = await client._response.Content.ReadAsStreamAsync();
        return client;
    }

    /// <summary>Starts a request and does not await its response.</summary>
    public static (RawClient Client, Task<HttpResponseMessage> Response) Start(App app, string path)
    {
        var client = new RawClient(app.IsHttp2);
        return (client, client._invoker.SendAsync(client.RequestFor(new Uri(app.Address, path)), App.Limit()));
    }

    public Task SayAsync(string text) => SendAsync(1, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a whole frame, masked with zeros.</summary>
    public async Task SendAsync(byte opcode, byte[] payload, bool isMasked = true)
    {
        var frame = new byte[(payload.Length < 126 ? 2 : 10) + (isMasked ? 4 : 0) + payload.Length];
        frame[0] = (byte)(0x80 | opcode);
        frame[1] = (byte)((payload.Length < 126 ? payload.Length : 127) | (isMasked ? 0x80 : 0));
        if (payload.Length >= 126)
        {
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
        }

        payload.CopyTo(frame, frame.Length - payload.Length);
        await Stream.WriteAsync(frame, App.Limit());
        await Stream.FlushAsync(App.Limit());
    }

    public Task SendCloseAsync(int code) => SendAsync(Close, [(byte)(code >> 8), (byte)code]);

    /// <summary>The next frame; null at the end of the stream.</summary>
    public async Task<(byte Opcode, byte[] Payload)?> ReadAsync()
    {
        var header = new byte[10];
        if (await Stream.ReadAtLeastAsync(header.AsMemory(0, 2), 2, throwOnEndOfStream: false, App.Limit()) < 2)
        {
            return null;
        }

        long length = header[1] & 0x7F;
        if (length >= 126)
        {
            var size = length == 126 ? 2 : 8;
            await Stream.ReadExactlyAsync(header.AsMemory(0, size), App.Limit());
            length = size == 2 ? BinaryPrimitives.ReadUInt16BigEndian(header) : BinaryPrimitives.ReadInt64BigEndian(header);
        }

        var opcode = (byte)(header[0] & 0x0F);
        var payload = new byte[length];
        await Stream.ReadExactlyAsync(payload, App.Limit());
        return (opcode, payload);
    }

    /// <summary>The next frame as text.</summary>
    public async Task<string?> HearAsync() => await ReadAsync() is var (_, payload) ? Encoding.UTF8.GetString(payload) : null;

    /// <summary>The code of the next close frame; what comes before it is skipped. Null at the end of the stream.</summary>
    public async Task<int?> ReadCloseAsync()
    {
        while (await ReadAsync() is var (opcode, payload))
        {
            if (opcode == Close)
            {
                return payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
            }
        }

        return null;
    }

    /// <summary>Reads to the end of the stream. A reset fails.</summary>
    public async Task AssertEndAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }

    /// <summary>Resets the TCP connection.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Close();
    }

    /// <summary>Ends the stream alone: with HTTP/2 by RST_STREAM, with HTTP/1.1 by the end of the connection.</summary>
    public void Cancel()
    {
        if (_isHttp2)
        {
            // RFC 9113 §6.4: CANCEL.
            Socket.Send([0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8]);
        }
        else
        {
            Socket.Close();
        }
    }

    /// <summary>Announces the end of an HTTP/2 connection (RFC 9113 §6.8).</summary>
    public void SendGoAway() => Socket.Send([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>Sends a close frame that ends the stream of HTTP/2 (RFC 9113 §6.1, END_STREAM): both are in one DATA frame.</summary>
    public void SendCloseWithEndOfStream(int code) =>
        Socket.Send([0, 0, 8, 0, 1, 0, 0, 0, 1, 0x80 | Close, 0x80 | 2, 0, 0, 0, 0, (byte)(code >> 8), (byte)code]);

    /// <summary>Closes the direction of the client.</summary>
    public void HalfClose()
    {
        if (_isHttp2)
        {
            // RFC 9113 §6.1: an empty DATA frame with END_STREAM.
            Socket.Send([0, 0, 0, 0, 1, 0, 0, 0, 1]);
        }
        else
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
    }

    public void Dispose()
    {
        // The socket first: HttpClient would reset the stream of a test that has ended it.
        _socket?.Dispose();
        _response?.Dispose();
        _invoker.Dispose();
    }

    private HttpRequestMessage RequestFor(Uri uri)
    {
        var request = new HttpRequestMessage(_isHttp2 ? HttpMethod.Connect : HttpMethod.Get, uri)
        {
            Version = _isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("Sec-WebSocket-Version", "13");
        if (_isHttp2)
        {
            request.Headers.Protocol = "websocket";
        }
        else
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "websocket");
            request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        }

        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(context.DnsEndPoint, cancellation);
        return new NetworkStream(_socket, ownsSocket: true);
    }
}
