using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Connection;

/// <summary>Something that waits to be sent, as it was given: neither copied nor compressed. It is its own entry in the queue where it waits.</summary>
/// <param name="number">Its number among all frames of the connection, starting at 1.</param>
/// <param name="opcode">What it is; null for bytes that are no frame, as the body of an HTTP answer is.</param>
/// <param name="payload">What it carries.</param>
internal sealed class QueuedFrame(long number, Opcode? opcode, ReadOnlyMemory<byte> payload)
{
    public long Number { get; set; } = number;

    public Opcode? Opcode { get; } = opcode;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>The message; null for a control frame.</summary>
    public Ws.Send? Message { get; init; }

    /// <summary>The sender of that message.</summary>
    public IActorRef? Sender { get; init; }

    /// <summary>The streamed message that it is a fragment of; the last one is the message, too. Null for what is whole.</summary>
    public StreamedMessage? Stream { get; init; }

    /// <summary>Whether its message ends with it (RFC 6455 §5.4).</summary>
    public bool Fin { get; init; } = true;

    /// <summary>The one before it in its queue, which alone sets it; null for the first, and in none.</summary>
    public QueuedFrame? Previous { get; set; }

    /// <summary>The one behind it.</summary>
    /// <inheritdoc cref="Previous" path="/summary"/>
    public QueuedFrame? Next { get; set; }

    /// <summary>The message's key, if it may be replaced by a later one.</summary>
    public string? Key => Stream is null ? Message?.Overflow.Key : null;

    /// <summary>Whether it is a streamed message whose turn has not come.</summary>
    public bool IsStream => Stream is null && Message?.Parts is not null;

    public static QueuedFrame FromSend(long number, Ws.Send message, IActorRef sender) =>
        new(number, message.Opcode, message.Payload)
        {
            Message = message,
            Sender = sender,
        };

    /// <summary>The bytes that it takes on the wire, uncompressed.</summary>
    public int Size(Role role) => Opcode is null ? Payload.Length : FrameWriter.SizeOf(role, Payload.Length);
}
