using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsActors.Conformance.Tests.Server;

/// <summary>
/// A server behind a real socket. Each piece is a separate send without delay; the kernel may still join pieces that the server reads late.
/// Exact cuts are tested with the core.
/// </summary>
internal sealed class SocketPeer : IPeer
{
    /// <summary>The maximum duration of a case. That is never the point, so it is long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Socket _socket;

    /// <summary>The bytes that were read too far. The socket is only read.</summary>
    private readonly BufferedStream _input;

    private readonly CancellationTokenSource _deadline;

    private SocketPeer(Socket socket, CancellationTokenSource deadline)
    {
        _socket = socket;
        _deadline = deadline;
        _input = new BufferedStream(new NetworkStream(socket), 64 * 1024);
    }

    public bool IsClient => false;

    /// <summary>Opens a WebSocket.</summary>
    public static async Task<IPeer> Connect(IPEndPoint server, string? extensions)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var deadline = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(server, deadline.Token);
        var peer = new SocketPeer(socket, deadline);
        await peer.Send(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: "
            + $"dGhlIHNhbXBsZSBub25jZQ==\r\n{(extensions is null ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n")}\r\n"));
        var head = await peer.ReadHead();
        Assert.StartsWith("HTTP/1.1 101 ", head);
        Assert.Equal(extensions is not null, head.Contains("Sec-WebSocket-Extensions: permessage-deflate", StringComparison.Ordinal));
        return peer;
    }

    public async Task Send(ReadOnlyMemory<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            piece = piece[await _socket.SendAsync(piece, _deadline.Token)..];
        }
    }

    public async Task<int> Read(Memory<byte> buffer) => await _input.ReadAsync(buffer, _deadline.Token);

    public void Dispose()
    {
        _input.Dispose();
        _socket.Dispose();
        _deadline.Dispose();
    }

    private async Task<string> ReadHead()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.True(await Read(one) == 1, $"The connection has ended in the handshake: {head}");
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
