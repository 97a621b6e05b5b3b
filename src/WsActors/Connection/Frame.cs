using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.Connection;

/// <summary>Something that waits to be sent, as it was given: neither copied nor compressed.</summary>
/// <param name="Number">Of all that was ever queued on the connection, the how-manieth it is.</param>
/// <param name="Opcode">What it is; null for bytes that are no frame, as the body of an HTTP answer is.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="Message">The message that it is; null for what is none.</param>
/// <param name="Sender">Who sent that message.</param>
/// <param name="Stream">The streamed message that it is a fragment of; the last one is the message, too. Null for what is whole.</param>
/// <param name="Fin">Whether its message ends with it (RFC 6455 §5.4).</param>
internal readonly record struct Frame(
    long Number,
    Opcode? Opcode,
    ReadOnlyMemory<byte> Payload,
    Ws.Send? Message = null,
    IActorRef? Sender = null,
    StreamFeed? Stream = null,
    bool Fin = true)
{
    /// <summary>The message's key, if it may be replaced by a later one.</summary>
    public string? Key => Stream is null ? Message?.WhenFull.Key : null;

    /// <summary>Whether it is a streamed message whose turn has not come.</summary>
    public bool IsStream => Stream is null && Message?.Parts is not null;

    public static Frame Of(long number, Ws.Send message, IActorRef sender) =>
        new(number, message.Kind == MessageKind.Text ? Protocol.Frames.Opcode.Text : Protocol.Frames.Opcode.Binary, message.Payload, message, sender);

    /// <summary>How many bytes leave for it, if it is not compressed.</summary>
    public int Size(Role role) => Opcode is null ? Payload.Length : FrameWriter.SizeOf(role, Payload.Length);
}
