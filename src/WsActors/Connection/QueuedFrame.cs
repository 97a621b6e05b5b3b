using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Connection;

/// <summary>A frame that waits to be sent, neither copied nor compressed. It is its own node in the queue.</summary>
/// <param name="number">Its number among all frames of the connection, starting at 1.</param>
/// <param name="opcode">The opcode; null for bytes that are no frame, such as the body of an HTTP response.</param>
/// <param name="payload">The payload.</param>
internal sealed class QueuedFrame(long number, Opcode? opcode, ReadOnlyMemory<byte> payload)
{
    public long Number { get; set; } = number;

    public Opcode? Opcode { get; } = opcode;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>The message; null for a control frame.</summary>
    public Ws.Send? Message { get; init; }

    /// <summary>The sender of that message.</summary>
    public IActorRef? Sender { get; init; }

    /// <summary>
    /// The streamed message whose fragment it is; the last fragment also has <see cref="Message"/>. Null for a whole message.
    /// </summary>
    public StreamedMessage? Stream { get; init; }

    /// <summary>Whether it ends its message (RFC 6455 §5.4).</summary>
    public bool Fin { get; init; } = true;

    /// <summary>The frame before it. Set by its queue alone; null for the first, and outside a queue.</summary>
    public QueuedFrame? Previous { get; set; }

    /// <summary>The frame after it. Set by its queue alone; null for the last, and outside a queue.</summary>
    public QueuedFrame? Next { get; set; }

    /// <summary>The key by which a later message may replace this one; null without one.</summary>
    public string? Key => Stream is null ? Message?.Overflow.Key : null;

    /// <summary>Whether it is a streamed message that has not started.</summary>
    public bool IsStream => Stream is null && Message?.Parts is not null;

    public static QueuedFrame FromSend(long number, Ws.Send message, IActorRef sender) =>
        new(number, message.Opcode, message.Payload)
        {
            Message = message,
            Sender = sender,
        };

    /// <summary>The size on the wire, uncompressed.</summary>
    public int Size(Role role) => Opcode is null ? Payload.Length : FrameWriter.SizeOf(role, Payload.Length);
}
