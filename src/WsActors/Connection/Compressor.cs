using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>Compresses what is sent, where that was agreed on and pays. Owned by its connection.</summary>
internal sealed class Compressor(Deflater deflater, int thresholdBytes, Buffers buffers)
{
    /// <summary>Appends a message compressed; false when it should leave as it is.</summary>
    public bool TryAppend(Outbox outbox, Opcode opcode, Ws.Send send)
    {
        var message = send.Payload.Span;
        if (!(send.Compress ?? message.Length >= thresholdBytes))
        {
            return false;
        }

        var shorter = buffers.Rent(message.Length + Deflater.BeginningBytes);
        var length = deflater.Compress(message, shorter);
        if (length > 0)
        {
            outbox.Append(opcode, shorter.AsSpan(0, length), rsv1: true);
        }

        buffers.Return(shorter);
        return length > 0;
    }

    /// <summary>Gives the context back: nothing is sent any more.</summary>
    public void Release() => deflater.Dispose();
}
