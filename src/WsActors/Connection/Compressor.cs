using System.Diagnostics.CodeAnalysis;
using WsActors.Protocol.Compression;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>Compresses what is sent, where that was agreed on and pays. Owned by its connection.</summary>
internal sealed class Compressor(Deflater deflater, int thresholdBytes, Buffers buffers)
{
    /// <summary>Whether a message is to be compressed, as far as can be said beforehand.</summary>
    public bool Wants(in Frame message) => message.Message is { } send && (send.Compress ?? send.Payload.Length >= thresholdBytes);

    /// <summary>Compresses a message; false when it should leave as it is.</summary>
    /// <param name="message">The message. When the answer is true it has to leave, for the ones after it may refer to it.</param>
    /// <param name="compressed">A rented buffer, which the caller returns.</param>
    /// <param name="length">How much of that is filled.</param>
    public bool TryCompress(in Frame message, [NotNullWhen(true)] out byte[]? compressed, out int length)
    {
        (compressed, length) = (null, 0);
        if (!Wants(message))
        {
            return false;
        }

        var shorter = buffers.Rent(message.Payload.Length + Deflater.BeginningBytes);
        try
        {
            length = deflater.Compress(message.Payload.Span, shorter);
            compressed = length > 0 ? shorter : null;
            return length > 0;
        }
        finally
        {
            if (compressed is null)
            {
                buffers.Return(shorter);
            }
        }
    }

    /// <summary>Gives the context back: nothing is sent any more.</summary>
    public void Release() => deflater.Dispose();
}
