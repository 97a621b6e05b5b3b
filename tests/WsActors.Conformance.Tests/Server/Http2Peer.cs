using System.Net;

namespace WsActors.Conformance.Tests.Server;

/// <summary>
/// A server behind the stream of an extended CONNECT (RFC 8441). Each piece is a DATA frame, or several where flow control cuts it. The end
/// of the connection is END_STREAM (RFC 8441 §5); a reset is RST_STREAM.
/// </summary>
internal sealed class Http2Peer : IPeer
{
    private readonly HttpResponseMessage _response;

    private readonly Stream _stream;

    private readonly CancellationTokenSource _deadline;

    private Http2Peer(HttpResponseMessage response, Stream stream, CancellationTokenSource deadline) =>
        (_response, _stream, _deadline) = (response, stream, deadline);

    public bool IsClient => false;

    /// <summary>Opens a WebSocket.</summary>
    public static async Task<IPeer> Connect(HttpMessageInvoker client, Uri server, string? extensions)
    {
        var deadline = new CancellationTokenSource(SocketPeer.Patience);
        using var request = new HttpRequestMessage(HttpMethod.Connect, server)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Protocol = "websocket";
        request.Headers.Add("Sec-WebSocket-Version", "13");
        if (extensions is not null)
        {
            request.Headers.Add("Sec-WebSocket-Extensions", extensions);
        }

        var response = await client.SendAsync(request, deadline.Token);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
        Assert.Equal(
            extensions is not null,
            response.Headers.TryGetValues("Sec-WebSocket-Extensions", out var accepted)
                && accepted.Single().StartsWith("permessage-deflate", StringComparison.Ordinal));
        return new Http2Peer(response, await response.Content.ReadAsStreamAsync(deadline.Token), deadline);
    }

    public async Task Send(ReadOnlyMemory<byte> piece)
    {
        await _stream.WriteAsync(piece, _deadline.Token);
        await _stream.FlushAsync(_deadline.Token);
    }

    public async Task<int> Read(Memory<byte> buffer) => await _stream.ReadAsync(buffer, _deadline.Token);

    public void Dispose()
    {
        _response.Dispose();
        _deadline.Dispose();
    }
}
