using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Connection;

/// <summary>Something that waits to be sent, as it was given: neither copied nor compressed.</summary>
/// <param name="Number">Of all that was ever queued on the connection, the how-manieth it is.</param>
/// <param name="Opcode">What it is; null for bytes that are no frame, as the body of an HTTP answer is.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="Compress">Of a message, what its sender says: see <see cref="Ws.Send.Compress"/>.</param>
internal readonly record struct Frame(long Number, Opcode? Opcode, ReadOnlyMemory<byte> Payload, bool? Compress = null)
{
    public bool IsMessage => Opcode is { IsControl: false };

    /// <summary>How many bytes leave for it, if it is not compressed.</summary>
    public int Size(Role role) => Opcode is null ? Payload.Length : FrameWriter.SizeOf(role, Payload.Length);
}
