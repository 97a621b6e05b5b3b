using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WsActors.Protocol.Frames;

namespace WsActors.Tests.Loopback;

/// <summary>A frame as a client reads it.</summary>
internal sealed record Frame(Opcode Opcode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    public int CloseCode => BinaryPrimitives.ReadUInt16BigEndian(Payload);
}

/// <summary>
/// A plain socket client: it sends the test's bytes, reads frames with its own code, and ends in any way that the test asks for. One task
/// may send while another reads.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;

    /// <summary>The socket's, or TLS over it.</summary>
    private readonly Stream _stream;

    /// <summary>The bytes that were read too far. The socket is only read.</summary>
    private readonly BufferedStream _input;

    /// <summary>Whether a send met the reset: the kernel tells of it once.</summary>
    private bool _wasReset;

    private RawClient(Socket socket, Stream stream)
    {
        (_socket, _stream) = (socket, stream);
        _input = new BufferedStream(stream, 64 * 1024);
    }

    /// <summary>Connects and sends nothing.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="receiveBuffer">The kernel's buffer, for a client that does not read; 0 for the default.</param>
    public static async Task<RawClient> Dial(EndPoint server, int receiveBuffer = 0)
    {
        var socket = server is IPEndPoint
            ? new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        using var deadline = new CancellationTokenSource(Eventually.Patience);
        await socket.ConnectAsync(server, deadline.Token);
        return new RawClient(socket, await WithinTls.Of(new NetworkStream(socket)));
    }

    /// <summary>Connects and opens a WebSocket.</summary>
    public static async Task<RawClient> Connect(EndPoint server, string path = "/", int receiveBuffer = 0, string headers = "")
    {
        var client = await Dial(server, receiveBuffer);
        await client.Send(Wire.Request(path, headers));
        await client.ReadUpgrade();
        return client;
    }

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        await _stream.WriteAsync(bytes, deadline.Token);
    }

    /// <summary>Sends one frame repeatedly, as far as the kernel takes it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="most">The maximum number of bytes: well above the kernel's buffers.</param>
    /// <returns>The number of bytes; most likely the last frame is incomplete.</returns>
    public async Task<long> PushUntilStuck(byte[] frame, long most)
    {
        long pushed = 0;
        for (int count; pushed < most && (count = PushWhatFits(frame, pushed, TimeSpan.FromSeconds(1))) > 0; pushed += count)
        {
            await Task.Yield();
        }

        return pushed;
    }

    /// <summary>
    /// Sends a frame repeatedly, until the server resets the connection: on its own thread, at full speed.
    /// </summary>
    /// <param name="frame">The frame.</param>
    public Task PushUntilReset(byte[] frame) => Task.Factory.StartNew(
        () =>
        {
            using var deadline = new CancellationTokenSource(Eventually.Patience);
            for (long pushed = 0; !IsReset; pushed += PushWhatFits(frame, pushed, TimeSpan.FromMilliseconds(50)))
            {
                Assert.False(deadline.IsCancellationRequested, $"A client that does not read was not reset; it sent {pushed} bytes.");
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Continues a partly sent frame, repeatedly; 0 if the kernel does not take more in time.</summary>
    public int PushWhatFits(byte[] frame, long pushed, TimeSpan wait)
    {
        var error = SocketError.Success;
        _socket.Blocking = false;
        var count = _socket.Poll(wait, SelectMode.SelectWrite)
            ? _socket.Send(frame.AsSpan((int)(pushed % frame.Length)), SocketFlags.None, out error)
            : 0;
        _wasReset |= error is SocketError.ConnectionReset or SocketError.Shutdown;
        _socket.Blocking = true;
        return count;
    }

    public async Task ReadUpgrade() => Assert.StartsWith("HTTP/1.1 101 ", await ReadHead());

    /// <summary>The response up to its empty line.</summary>
    public async Task<string> ReadHead()
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < 4 || head[^1] != '\n' || head[^3] != '\n')
        {
            await _input.ReadExactlyAsync(one, deadline.Token);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    /// <summary>All bytes until the end of the stream; a reset is an error.</summary>
    public async Task<string> ReadText()
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        var text = new MemoryStream();
        await _input.CopyToAsync(text, deadline.Token);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>The next frame, not decompressed. A server's frames are unmasked; only streamed messages are fragmented.</summary>
    public async Task<Frame> ReadFrame(bool fin = true)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        var header = await Read(2, deadline.Token);
        Assert.True(
            (header[0] & 0xB0) == (fin ? 0x80 : 0) && header[1] <= 127,
            $"Not the header of a server's frame: {Convert.ToHexString(header)}");
        var length = header[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await Read(2, deadline.Token)),
            127 => BinaryPrimitives.ReadInt64BigEndian(await Read(8, deadline.Token)),
            var small => small,
        };
        return new Frame((Opcode)(header[0] & 0x0F), await Read(checked((int)length), deadline.Token));
    }

    /// <summary>Reads a number of bytes.</summary>
    public async Task Skip(long count)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        var room = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await _input.ReadAsync(room.AsMemory(0, (int)Math.Min(count, room.Length)), deadline.Token);
            Assert.True(read > 0, $"The stream ended {count} bytes too soon.");
            count -= read;

            // While bytes arrive, a slow machine gets time for the next.
            deadline.CancelAfter(Eventually.Patience);
        }
    }

    /// <summary>The code of the close frame, which must be the next frame.</summary>
    public async Task<int> ReadClose()
    {
        var frame = await ReadFrame();
        Assert.Equal(Opcode.Close, frame.Opcode);
        return frame.CloseCode;
    }

    /// <summary>Only the end of the stream arrives: no byte, no reset.</summary>
    public async Task ReadEnd()
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        Assert.Equal(0, await _input.ReadAsync(new byte[1], deadline.Token));
    }

    /// <summary>Reads all bytes to the end of the stream or its reset.</summary>
    public async Task ReadToAnyEnd()
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        try
        {
            await _input.CopyToAsync(Stream.Null, deadline.Token);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Whether the server has reset the connection. Nothing is read to find out.</summary>
    public bool IsReset => _wasReset || _socket.Poll(TimeSpan.Zero, SelectMode.SelectError);

    /// <summary>Sends no more, yet reads.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        _input.Dispose();
        _socket.Dispose();
    }

    private async Task<byte[]> Read(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        await _input.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }
}
