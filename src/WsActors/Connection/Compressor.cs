using WsActors.Protocol.Compression;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>Compresses what is sent, where that was agreed on and pays. Owned by its connection.</summary>
internal sealed class Compressor(Deflater deflater, int thresholdBytes, BufferPool bufferPool)
{
    /// <summary>Whether a message is to be compressed, as far as can be said beforehand.</summary>
    public bool Wants(Ws.Send? message) => message is { Parts: null }
        && (message.Compress ?? message.Payload.Length >= thresholdBytes)
        && (message.Shared is null || deflater.IsShareable);

    /// <summary>Compresses a message; false when it should leave as it is.</summary>
    /// <param name="message">The message. When the answer is true it has to leave, for the ones after it may refer to it.</param>
    /// <param name="compressed">What leaves instead.</param>
    /// <param name="rented">The buffer that holds it, which the caller returns; null for what is shared.</param>
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

    /// <summary>A message compressed for itself, to be kept; empty when it would not be shorter.</summary>
    public byte[] Compress(ReadOnlySpan<byte> message)
    {
        var compressed = Compress(message, out var rented).ToArray();
        bufferPool.Return(rented);
        return compressed;
    }

    /// <summary>Gives the context back: nothing is sent any more.</summary>
    public void Release() => deflater.Dispose();

    private ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> message, out byte[] rented)
    {
        rented = bufferPool.Rent(message.Length + Deflater.BeginningBytes);
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
