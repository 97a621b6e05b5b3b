using System.Buffers;
using System.Net.WebSockets;

namespace WsActors.Benchmarks.Peer;

/// <summary>
/// Reads a WebSocket as ASP.NET Core's own code for many connections does: it waits with an empty buffer, and has one from the pool only
/// while there is something to read. It allocates nothing a message of its own;
/// .NET's WebSocket was measured to, at about 140 bytes an echo of 64 B that has to be waited for.
/// </summary>
internal sealed class MessageReader(WebSocket socket) : IDisposable
{
    /// <summary>The largest message that is read whole; a longer one is read in parts of this size.</summary>
    private const int BufferBytes = 64 * 1024;

    private byte[]? _buffer;

    /// <summary>The next message, or the next part of a long one. Valid until the next read.</summary>
    public async ValueTask<Part> ReadAsync()
    {
        var waiting = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (!waiting.IsCompleted)
        {
            Dispose();
        }

        var part = await waiting;
        if (part.MessageType is WebSocketMessageType.Close || part.EndOfMessage)
        {
            return new(part.MessageType, ReadOnlyMemory<byte>.Empty, part.EndOfMessage);
        }

        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        var filled = 0;
        do
        {
            part = await socket.ReceiveAsync(_buffer.AsMemory(filled, BufferBytes - filled), CancellationToken.None);
            filled += part.Count;
        }
        while (!part.EndOfMessage && filled < BufferBytes && part.MessageType is not WebSocketMessageType.Close);

        return new(part.MessageType, _buffer.AsMemory(0, filled), part.EndOfMessage);
    }

    public void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    /// <summary>A whole message, or one part of it.</summary>
    internal readonly record struct Part(WebSocketMessageType Type, ReadOnlyMemory<byte> Payload, bool IsLast);
}
