using WsActors.Protocol.Compression;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>Compresses outgoing messages, where compression was negotiated and makes them shorter. Owned by its connection.</summary>
internal sealed class Compressor(Deflater deflater, int thresholdBytes, BufferPool bufferPool)
{
    /// <summary>Whether to try to compress a message. The result may still turn out longer than the message.</summary>
    public bool Wants(Ws.Send? message) => message is { Parts: null }
        && (message.Compress ?? message.Payload.Length >= thresholdBytes)
        && (message.Shared is null || deflater.IsShareable);

    /// <summary>Compresses a message; false when it must be sent uncompressed.</summary>
    /// <param name="message">The message. If the result is true it must be sent: later messages may refer to it.</param>
    /// <param name="compressed">The compressed payload.</param>
    /// <param name="rented">The buffer that holds it, which the caller returns; null for a shared message.</param>
    public bool TryCompress(QueuedFrame message, out ReadOnlyMemory<byte> compressed, out byte[]? rented)
    {
        (compressed, rented) = (default, null);
        if (!Wants(message.Message))
        {
            return false;
        }

        if (message.Message!.Shared is { } shared)
        {
            compressed = shared.Deflated(this, static (compressor, payload) => compressor.Compress(payload));
            return !compressed.IsEmpty;
        }

        compressed = Compress(message.Payload.Span, out rented);
        if (compressed.IsEmpty)
        {
            bufferPool.Return(rented);
            rented = null;
        }

        return !compressed.IsEmpty;
    }

    /// <summary>Compresses a message into a new array; empty when that would not be shorter.</summary>
    public byte[] Compress(ReadOnlySpan<byte> message)
    {
        var compressed = Compress(message, out var rented).ToArray();
        bufferPool.Return(rented);
        return compressed;
    }

    /// <summary>Releases the compression context: nothing more is sent.</summary>
    public void Release() => deflater.Dispose();

    private ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> message, out byte[] rented)
    {
        rented = bufferPool.Rent(message.Length + Deflater.FirstMessageOverheadBytes);
        try
        {
            return rented.AsMemory(0, deflater.Compress(message, rented));
        }
        catch
        {
            bufferPool.Return(rented);
            throw;
        }
    }
}
